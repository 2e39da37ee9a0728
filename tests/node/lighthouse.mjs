// Lighthouse 12 with its mobile settings, over and over, in one Chromium.
//
// node lighthouse.mjs CHROMIUM CATEGORIES ADDRESS...
// CATEGORIES: names with commas between them. For each address, one line of JSON.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, categories, ...addresses] = process.argv.slice(2);
const chrome = await launch({
  chromePath,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
});
const options = {
  port: chrome.port,
  logLevel: "error",
  onlyCategories: categories.split(","),
  disableFullPageScreenshot: true,
};
for (const address of addresses) {
  const { lhr } = await lighthouse(address, options);
  const asked = Object.values(lhr.categories).flatMap(category => category.auditRefs);
  const weighty = new Set(asked.filter(ref => ref.weight > 0).map(ref => ref.id));
  const short = Object.values(lhr.audits)
    .filter(audit => weighty.has(audit.id) && audit.score !== null && audit.score < 1)
    .map(audit => `${audit.id}: ${audit.displayValue ?? audit.title}`);
  const scores = Object.fromEntries(
    Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(100 * score)]),
  );
  const speed = Math.round(lhr.environment.benchmarkIndex);
  console.log(JSON.stringify({ address, scores, short, speed, error: lhr.runtimeError?.message }));
}
await chrome.kill();
