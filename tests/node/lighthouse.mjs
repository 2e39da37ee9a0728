// Lighthouse 12 with its mobile settings, over and over, in one Chromium.
//
// node lighthouse.mjs CHROMIUM CATEGORIES ADDRESS...
// CATEGORIES: names with commas between them, or `performance` alone: of that, only what its score is
// made of is looked at. For each address, one line of JSON.
//
// Lighthouse slows this machine down by 4 to be a phone, which is right for a machine whose
// benchmark index is 1500 to 2000; on a weaker one its manual (docs/throttling.md) asks to calibrate
// that. So a first look, which does not count, measures the index.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, categories, ...addresses] = process.argv.slice(2);
const METRICS = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
  "speed-index",
];
const asked =
  categories === "performance" ? { onlyAudits: METRICS } : { onlyCategories: categories.split(",") };
const chrome = await launch({
  chromePath,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
});
const options = {
  port: chrome.port,
  logLevel: "error",
  ...asked,
  disableFullPageScreenshot: true,
};
let slowdown = 4;
if (options.onlyAudits) {
  const { lhr } = await lighthouse(addresses[0], options);
  slowdown = Math.max(1, Math.min(4, (4 * lhr.environment.benchmarkIndex) / 1750));
  options.throttling = { ...lhr.configSettings.throttling, cpuSlowdownMultiplier: slowdown };
}
for (const address of addresses) {
  const { lhr } = await lighthouse(address, options);
  const audits = Object.values(lhr.categories).flatMap(category => category.auditRefs);
  const weighty = new Set(audits.filter(ref => ref.weight > 0).map(ref => ref.id));
  const short = Object.values(lhr.audits)
    .filter(audit => weighty.has(audit.id) && audit.score !== null && audit.score < 1)
    .map(audit => `${audit.id}: ${audit.displayValue ?? audit.title}`);
  const scores = Object.fromEntries(
    Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(100 * score)]),
  );
  const speed = Math.round(lhr.environment.benchmarkIndex);
  const error = lhr.runtimeError?.message;
  console.log(JSON.stringify({ address, scores, short, speed, slowdown, error }));
}
await chrome.kill();
