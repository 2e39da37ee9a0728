/* What every widget shares: its values, its elements, its voice. A widget is a
   custom element around a static figure, which stays where scripts do not run. */
(function (root) {
  "use strict";

  const SybilPages = (root.SybilPages = root.SybilPages || {});
  const SVG = "http://www.w3.org/2000/svg";
  const ARRAYS = {
    uint8: Uint8Array,
    int32: Int32Array,
    float32: Float32Array,
    float64: Float64Array,
  };
  let made = 0;

  /** The values that the page computed for a widget: an object, key by key.
      Large arrays come as `{dtype, shape, base64}` and leave as
      `{shape, data}` with a typed array; small ones are nested arrays. */
  function values(element) {
    return JSON.parse(element.dataset.values, (_, value) =>
      value && typeof value === "object" && "base64" in value ? unpacked(value) : value
    );
  }

  function unpacked({ dtype, shape, base64 }) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return { shape, data: new ARRAYS[dtype](bytes.buffer) };
  }

  /** An element with attributes and children; `on…` attributes are listeners,
      `true` is an attribute without a value, null and false are none. */
  function html(tag, attributes, ...children) {
    return filled(document.createElement(tag), attributes, children);
  }

  /** The same for SVG. */
  function svg(tag, attributes, ...children) {
    return filled(document.createElementNS(SVG, tag), attributes, children);
  }

  function filled(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== null && value !== undefined && value !== false)
        element.setAttribute(name, String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** An id that no other element of the page has. */
  function unique(stem) {
    made += 1;
    return `sp-${stem}-${made}`;
  }

  /** A number as the figures write it: a minus, not a hyphen, no lost zeros. */
  function number(value, decimals = 2) {
    const text = String(Number(value.toFixed(decimals)));
    return text === "0" ? "0" : text.replace("-", "−");
  }

  /** A line that screen readers speak when it changes, and nobody sees. */
  function voice() {
    const line = html("p", { class: "sp-voice", role: "status", "aria-live": "polite" });
    let due = 0;
    const say = (text) => {
      clearTimeout(due);
      due = setTimeout(() => (line.textContent = text), 250); // not every step of a drag
    };
    return { line, say };
  }

  /** Does the reader want no motion? */
  function still() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Make `<sp-NAME>` the widget that `build(element, values)` returns: an
      element, which takes the static figure's place. */
  function define(name, build) {
    if (typeof customElements === "undefined" || customElements.get(`sp-${name}`)) return;
    customElements.define(
      `sp-${name}`,
      class extends HTMLElement {
        connectedCallback() {
          if (this.querySelector(":scope > .sp-live")) return;
          const live = html("div", { class: "sp-live" }, build(this, values(this)));
          this.append(live);
          this.classList.add("sp-moves"); // the style sheet hides the static figure
        }
      }
    );
  }

  Object.assign(SybilPages, { values, html, svg, unique, number, voice, still, define });
})(globalThis);
