/* A kernel slides over an input: each window, its products and their sum. */
(function (root) {
  "use strict";

  const SybilPages = root.SybilPages;
  const { html, svg, number } = SybilPages;
  const { axes, convolve, decimals, exact, fed, inside, largest, place, products, range } =
    SybilPages.convolution;
  const { taps, unreached } = SybilPages.convolution;

  const several = (count, name) => `${count} ${name}${count === 1 ? "" : "s"}`;
  const same = (a, b) => ["row", "column", "channel"].every((key) => a[key] === b[key]);
  const div = (name, ...children) => html("div", { class: `sp-slide-${name}` }, ...children);
  const clamp = (value, least, most) => Math.max(least, Math.min(value, most));
  const MOST = 999; // a larger number would not fit its cell

  /** Set variables of the style sheet. */
  function vary(element, values) {
    for (const name in values) element.style.setProperty(`--${name}`, values[name]);
    return element;
  }

  /** A sum with its signs between the numbers: 1 + 0 − 2. */
  function added(numbers, digits) {
    return numbers
      .map((value) => number(value, digits))
      .reduce((sum, text) => sum + (text[0] === "−" ? ` − ${text.slice(1)}` : ` + ${text}`));
  }

  /** The cells that no window reaches, in words. */
  function lost(line, name) {
    const cells = unreached(line);
    const names = cells.length > 1 ? `${name}s` : name;
    if (!cells.length) return "";
    if (cells[0] < line.size - cells.length) return `${names} ${cells.join(", ")}`;
    return `the last ${cells.length > 1 ? cells.length + " " : ""}${names}`;
  }

  /** How the size of the output comes about. */
  function formula({ size, span, stride, count, before, after }) {
    const zeros = before + after ? ` + ${before + after}` : "";
    return `(${size}${zeros} − ${span}) // ${stride} + 1 = ${count}`;
  }

  class SlidingWindow {
    constructor(page, wrong) {
      Object.assign(this, { page, wrong, at: 0, voice: SybilPages.voice() });
      const cell = (event) => event.target.closest("[role=gridcell]");
      this.board = html("div", {
        class: "sp-slide-board",
        onpointerover: (event) => event.pointerType !== "touch" && this.hover(cell(event)),
        onpointerleave: () => this.hover(null),
        onfocusin: (event) => this.choose(cell(event)),
        onclick: (event) => this.choose(cell(event)),
        onkeydown: (event) => this.key(event, cell(event)),
      });
      this.says = html("p");
      this.sum = div("sum");
      this.notes = div("notes");
      const parts = [this.time(), this.board, this.says, this.editor(), this.sum, this.settings()];
      this.element = html("div", { class: "sp-slide" }, parts, this.notes, this.voice.line);
      this.reset();
      new ResizeObserver(() => this.fit()).observe(this.board);
    }

    /* ---- Controls ---- */

    time() {
      // The style sheet draws the pictures.
      const button = (label, onclick) =>
        html("button", { type: "button", "aria-label": label, onclick });
      const to = (label, where) => button(label, () => this.go(where()));
      this.play = button("Play", () => (this.timer ? this.go(this.at) : this.start()));
      this.scrub = html("input", {
        ...{ type: "range", min: 0, "aria-label": "Position of the window" },
        oninput: () => this.go(+this.scrub.value),
      });
      this.counter = html("span");
      return html(
        "div",
        { class: "sp-controls sp-slide-time" },
        to("First position", () => 0),
        to("One step back", () => this.at - 1),
        this.play,
        to("One step forward", () => this.at + 1),
        to("Last position", () => this.count),
        this.scrub,
        this.counter
      );
    }

    settings() {
      const { flat } = this.page;
      const text = ([down, across]) => (flat || down === across ? across : `${down} × ${across}`);
      const steps = (name) => {
        const own = this.page[name];
        const usual = [1, 2, 3, 4].map((n) => [flat ? 1 : n, n]);
        const pairs = usual.some((pair) => `${pair}` === `${own}`) ? usual : [...usual, own];
        return this.list(name, pairs, pairs.map(text));
      };
      return html(
        "div",
        { class: "sp-controls sp-slide-settings" },
        steps("stride"),
        this.list("padding", ["valid", "same", "causal"].slice(0, flat ? 3 : 2)),
        steps("dilation"),
        this.list("operation", ["cross-correlation", "convolution"]),
        html("button", { type: "button", onclick: () => this.reset() }, "Reset")
      );
    }

    list(name, options, texts = options) {
      const change = () => {
        this.problem[name] = options[list.selectedIndex];
        this.build();
      };
      const list = html("select", { name, onchange: change });
      list.append(...options.map((value, at) => html("option", { value }, texts[at])));
      return html("label", {}, name, list);
    }

    editor() {
      this.field = html("input", {
        ...{ type: "number", step: "any", min: -MOST, max: MOST },
        oninput: () => this.field.value && this.put(clamp(+this.field.value, -MOST, MOST)),
        onchange: () => this.open(), // what is no number is not kept
        onkeydown: ({ key }) => key === "Enter" && this.picked.focus(),
      });
      this.name = html("span");
      return html("label", { class: "sp-slide-edit" }, this.name, this.field);
    }

    reset() {
      this.problem = structuredClone(this.page);
      this.build();
    }

    /* ---- Time ---- */

    go(at, playing) {
      if (!playing) this.stop();
      this.at = clamp(at, 0, this.count - 1);
      this.lit = this.hovered = null;
      this.paint();
      this.follow();
    }

    start() {
      const last = () => this.at >= this.count - 1 || !this.element.isConnected;
      const tick = () => (last() ? this.go(this.at) : this.go(this.at + 1, true));
      this.timer = setInterval(tick, clamp(20000 / this.count, 200, 900));
      this.go(last() ? 0 : this.at, true);
    }

    stop() {
      this.timer = clearInterval(this.timer);
    }

    /* ---- Pointer and keys ---- */

    hover(cell) {
      if (cell === this.hovered) return;
      this.hovered = cell;
      this.paint();
    }

    choose(cell) {
      if (!cell) return;
      rove(cell);
      if (cell.kind === "output") return this.go(cell.index);
      this.stop();
      this.hovered = null;
      this.lit = this.picked = cell;
      this.open();
      this.paint();
    }

    key(event, cell) {
      if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
      const moved = beside(cell, event.key);
      if (moved) moved.focus();
      if (moved || event.key === "Enter") event.preventDefault();
      if (cell !== this.picked || !/^([-.,\d]|Enter)$/.test(event.key)) return;
      this.field.focus(); // and the digit lands in it
      this.field.select();
    }

    /* ---- Numbers ---- */

    /** Offer the number of the picked cell to change. */
    open() {
      const { picked, field } = this;
      field.hidden = !picked || picked.padding;
      if (!field.hidden) field.value = +this.value(picked).toPrecision(7);
      this.name.textContent = field.hidden
        ? "Choose a number of the input or the kernel to change it."
        : title(picked, this.page);
    }

    put(value) {
      const array = this.problem[this.picked.kind];
      array.data[place(array, this.picked)] = value;
      this.compute();
    }

    value(cell) {
      const array = this.problem[cell.kind];
      return cell.padding ? 0 : array.data[place(array, cell)];
    }

    /** Lay out the cells: what a setting changes. */
    build() {
      const { problem, board, picked, element } = this;
      this.stop();
      this.hovered = this.lit = null;
      this.axes = axes(problem);
      board.replaceChildren(...(problem.flat ? strips : grids)(problem, this.axes));
      this.cells = [...board.querySelectorAll("[role=gridcell]")];
      this.outputs = this.cells.filter(({ kind }) => kind === "output");
      this.outputs.forEach((cell, index) => Object.assign(cell, { index }));
      this.count = this.outputs.length;
      const again = (cell) => same(cell, picked) && cell.kind === picked.kind;
      this.picked = picked && this.cells.find(again);
      for (const list of element.querySelectorAll("select")) list.value = problem[list.name];
      this.compute();
      this.open();
      this.follow();
    }

    /** Compute the output, and write all numbers. */
    compute() {
      const { problem } = this;
      problem.output = convolve(problem);
      this.at = clamp(this.at, 0, this.count - 1);
      Object.assign(this, { long: 0, digits: {}, top: {} });
      for (const kind of ["input", "kernel", "bias", "output"]) {
        this.digits[kind] = decimals(problem[kind].data);
        this.top[kind] = largest(problem[kind].data) || 1;
      }
      for (const cell of this.cells) {
        const value = this.value(cell);
        cell.below = value < 0;
        cell.firstChild.textContent = number(value, this.digits[cell.kind]);
        vary(cell, { share: Math.abs(value) / this.top[cell.kind] });
        this.long = Math.max(this.long, cell.textContent.length);
      }
      this.warn();
      this.fit();
      this.paint();
    }

    /** Sentences about the whole: sizes, what is lost, what differs. */
    warn() {
      const { axes: lines, problem, page } = this;
      const small = lines.find(({ count }) => !count);
      const sizes = [...new Set(lines.slice(+page.flat).map(formula))].join(" and ");
      const names = ["row", page.flat ? "step" : "column"];
      const gone = lines.map((line, k) => lost(line, names[k])).filter(Boolean).join(" and ");
      const both = [problem.stride, problem.dilation].every((steps) => largest(steps) > 1);
      const other = (key) => JSON.stringify(page[key]) !== JSON.stringify(problem[key]);
      this.misfit =
        small && `No window fits: it spans ${small.span}, and the input has ${small.size}.`;
      const notes = [
        !small && `Output size: ${sizes}.`,
        !small && gone && `No window reaches ${gone}.`,
        both && "Keras layers refuse a stride and a dilation above 1 together.",
        Object.keys(page).some(other) ? "These are no longer the page's values." : this.wrong,
      ];
      this.notes.replaceChildren(...notes.filter(Boolean).map((text) => html("p", {}, text)));
    }

    /* ---- What is seen ---- */

    paint() {
      const { hovered, at, count, problem, timer, counter } = this;
      const here = hovered && hovered.index >= 0 ? hovered : this.outputs[at];
      const source = hovered && hovered !== here ? hovered : this.lit;
      const terms = here ? products(problem, here) : [];
      const feeds = source && source.kind === "input" ? fed(problem, source) : [];
      for (const cell of this.cells) {
        const later = timer && cell.index > at;
        this.mark(cell, source, terms, feeds, { here: cell === here, later });
      }
      const [down, across] = this.axes;
      const [y, x] = here ? [here.row * down.stride, here.column * across.stride] : [0, 0];
      for (const moving of this.board.querySelectorAll(".sp-moving")) vary(moving, { x, y });
      if (here) rove(this.outputs[at]);
      const said = [source, here].filter(Boolean).map((cell) => this.tell(cell));
      if (!here) said.unshift(this.misfit);
      this.says.textContent = said[0];
      // A page that opens says nothing, nor does each step while it plays.
      if (!timer && this.element.contains(document.activeElement)) this.voice.say(said.join(" "));
      this.sum.replaceChildren(...(here ? this.spell(here, source, terms) : []));
      this.play.setAttribute("aria-label", timer ? "Pause" : "Play");
      counter.textContent = `${count && at + 1} of ${count}`;
      for (const one of this.play.parentNode.children) one.disabled = !count;
      Object.assign(this.scrub, { max: count - 1, value: at });
      this.scrub.setAttribute("aria-valuetext", counter.textContent);
    }

    /** Give a cell the classes of its part in what is shown. */
    mark(cell, source, terms, feeds, more) {
      const at = (one) => one.row === cell.row && one.column === cell.column;
      const tap = cell.kind === "input" && terms.find((one) => same(one, cell));
      const feed = cell.kind === "output" && feeds.find(at);
      const { weight } = tap || feed || {};
      cell.dataset.times = tap || feed ? `×${number(weight, this.digits.kernel)}` : "";
      if (tap) vary(cell, { weight: Math.abs(weight) / this.top.kernel });
      const { padding, lost, below } = cell;
      const classes = { padding, lost, below, tap, ...more, picked: cell === this.picked };
      classes.fed = feed || (tap && this.uses(tap, source));
      classes.source = cell === source;
      const names = Object.keys(classes).filter((name) => classes[name]);
      cell.className = names.map((name) => `sp-${name}`).join(" ");
    }

    /** Is a cell, of the input or the kernel, a factor of that product? */
    uses(term, cell) {
      if (!cell) return false;
      if (cell.kind === "input") return same(term, cell);
      return cell.kind === "kernel" && place(this.problem.kernel, cell) === term.at;
    }

    /** A sentence about a cell. */
    tell(cell) {
      const [value, digits] = [this.value(cell), this.digits[cell.kind]];
      const about = exact([value], digits) ? "" : "about ";
      const is = `${title(cell, this.page)} is ${about}${number(value, digits)}`;
      if (cell.kind === "output") return `${is}. ${this.seen(cell)}`;
      if (cell.kind !== "input") return `${is} at all ${several(this.count, "position")}.`;
      const feeds = several(fed(this.problem, cell).length, "output");
      return cell.padding ? `A zero of the padding feeds ${feeds}.` : `${is} and feeds ${feeds}.`;
    }

    /** What lies under a window, as Python slices it. */
    seen({ row, column }) {
      let zeros = "";
      const slice = (line, k) => {
        const cells = taps(line, k ? column : row).filter((cell) => inside(line, cell));
        if (cells.length < line.kernel) zeros = " and zeros of the padding";
        const step = line.dilation > 1 ? `:${line.dilation}` : "";
        return `${cells[0] ?? 0}:${(cells.at(-1) ?? -1) + 1}${step}`;
      };
      const slices = this.axes.map(slice).slice(+this.page.flat);
      return `Its window is input[${slices.join(", ")}]${zeros}.`;
    }

    /** The products and their sum. */
    spell(here, source, terms) {
      const { kernel, bias, flat } = this.problem;
      const depth = kernel.shape[2];
      const groups = range(depth).map((channel) => terms.filter((one) => one.channel === channel));
      const values = groups.map((group) => group.map((one) => one.product));
      const sums = values.map((group) => group.reduce((sum, one) => sum + one));
      const parts = [...(depth > 1 ? sums : values[0]), ...bias.data];
      const digits = decimals([...values.flat(), ...parts, this.value(here)]);
      const bold = (text) => html("b", {}, text);
      const ends = (list, result) => {
        const is = exact([...list, result], digits) ? "= " : "≈ ";
        return [is, added(list, digits), " ", html("span", {}, is, bold(number(result, digits)))];
      };
      const blocks = groups.map((group, channel) => {
        const tiles = group.map((term) => this.tile(term, source, digits));
        const box = vary(div(flat ? "strip" : "tiles", tiles), { columns: kernel.shape[1] });
        const sum = depth > 1 && ends(values[channel], sums[channel]);
        return sum ? div("channel", `channel ${channel}`, box, sum.slice(1)) : box;
      });
      const end = ends(parts, this.value(here));
      if (bias.data.length) end.splice(2, 0, " (bias)");
      return [div("blocks", blocks), div("total", bold(title(here, this.page)), " ", end)];
    }

    tile(term, source, digits) {
      const factor = (name, text) => html("span", { class: name }, text);
      const { input, kernel } = this.digits;
      const sure = exact([term.value], input) && exact([term.weight], kernel);
      const is = !term.product || (sure && exact([term.product], digits)) ? " = " : " ≈ ";
      return html(
        "span",
        { class: this.uses(term, source) && "sp-chosen" },
        factor(term.padding ? null : "sp-in", number(term.value, input)),
        " × ",
        factor("sp-weight", number(term.weight, kernel)),
        is + number(term.product, digits)
      );
    }

    /** Make the cells as large as there is room for. */
    fit() {
      const { board, axes, page } = this;
      const { before, size, after, kernel, count } = axes[1];
      const columns = before + size + after;
      const room = (cells, rest) => Math.floor((board.clientWidth - rest) / cells);
      const least = Math.max(page.flat ? 24 : 28, 8 + 7.2 * this.long);
      const tiny = !page.flat && columns > 16 && room(columns, 10) < least;
      // All in one row; or the output below; or the kernel, too.
      const fits = [room(columns + kernel + count, 90), room(columns + kernel, 40)];
      if (tiny) fits.splice(0, 2, room(columns + count, 50));
      fits.push(room(columns, 10));
      if (page.flat) fits.splice(0, 9, room(columns, 70)); // what the names leave
      const side = fits.find((one) => one >= (tiny ? 10 : least)) || 0;
      this.side = tiny ? clamp(side, 8, 24) : Math.max(least, Math.min(side, 40));
      vary(board, { c: `${this.side}px`, h: `${Math.min(this.side, 40)}px` });
      board.classList.toggle("sp-tiny", tiny);
      board.classList.toggle("sp-roomy", this.side >= 30);
    }

    /** Scroll the board, not the page, to where the window is. */
    follow() {
      const { stride, span, count } = this.axes[1];
      const { board, side } = this;
      const left = (this.at % count) * stride * side;
      const right = left + span * side + 70;
      board.scrollLeft = clamp(board.scrollLeft, right - board.clientWidth, left);
    }
  }

  /** A cell as Python writes it: output[0, 1]. */
  function title({ kind, row, column, channel }, { flat, input }) {
    const end = kind === "output" || input.shape[2] === 1 ? 2 : 3;
    const indices = [row, column, channel].slice(+flat, end);
    return kind === "bias" ? kind : `${kind}[${indices.join(", ")}]`;
  }

  /* ---- Drawing ---- */

  /** A grid of cells, below its title: a bold name and more. */
  function box(kind, more, rows, over) {
    const element = () => html("div", { role: "gridcell", tabindex: -1 }, html("span"));
    const drawn = (cell) => Object.assign(element(), { kind, ...cell });
    const cells = rows.map((line) => line.map(drawn));
    const first = cells.flat().find(({ padding }) => !padding);
    if (first) first.tabIndex = 0;
    const lines = cells.map((line) => html("div", { role: "row" }, line));
    const grid = html("div", { role: "grid", "aria-label": kind + more }, lines);
    const head = html("p", {}, html("b", {}, kind), more);
    const place = html("div", {}, grid, over);
    return html("div", { class: "sp-slide-box", "data-kind": kind }, head, place);
  }

  function crossed(rows, columns, channel) {
    return rows.map((row) => columns.map((column) => ({ row, column, channel })));
  }

  function inputBox(lines, channels, more) {
    const [down, across] = lines;
    const lost = lines.map(unreached);
    const part = (cell) => {
      const padding = !inside(down, cell.row) || !inside(across, cell.column);
      const out = lost[0].includes(cell.row) || lost[1].includes(cell.column);
      return { ...cell, padding, lost: out && !padding };
    };
    const sides = lines.map(({ before, size, after }) =>
      range(before + size + after).map((at) => at - before)
    );
    const cells = channels.flatMap((channel) => crossed(...sides, channel));
    const loose = lines.some(({ dilation }) => dilation > 1);
    const frame = div(`frame sp-moving${loose ? " sp-loose" : ""}`);
    vary(frame, { span: across.span, tall: Math.max(down.span, channels.length) });
    return box("input", more, cells.map((line) => line.map(part)), frame);
  }

  /** The kernel as it lies on the input. */
  function kernelBox({ kernel, operation }, channels, more, links) {
    const sides = kernel.shape.slice(0, 2).map(range);
    const turned = operation === "convolution";
    if (turned) for (const side of sides) side.reverse();
    const cells = channels.flatMap((channel) => crossed(...sides, channel));
    return box("kernel", (turned ? ", turned" : "") + more, cells, links);
  }

  /** The output, and before it the bias. */
  function resultBoxes({ bias }, lines, more) {
    const cells = crossed(...lines.map(({ count }) => range(count)), 0);
    const one = bias.data.length ? [box("bias", "", crossed([0], [0], 0))] : [];
    return [...one, box("output", more, cells)];
  }

  /** 2D: a grid for each channel, its kernel beside it; then the output. */
  function grids(problem, lines) {
    const [down, across] = lines;
    const size = (key) => `, ${down[key]}\u00a0×\u00a0${across[key]}`; // on one line
    const depth = problem.input.shape[2];
    const pairs = range(depth).map((channel) => {
      const more = depth > 1 && `, channel\u00a0${channel}`;
      const input = inputBox(lines, [channel], more || size("size"));
      return div("row", input, kernelBox(problem, [channel], more || size("kernel")));
    });
    return [div("pairs", pairs), div("row", resultBoxes(problem, lines, size("count")))];
  }

  /** 1D: the input, the kernel below its window, the output below that. */
  function strips(problem, lines) {
    const { before, dilation, stride, span } = lines[1];
    const channels = range(problem.input.shape[2]);
    // Padded, an output stands below the input of the same index; else below the
    // middle of its window.
    const start = before || (span - 1) / 2;
    const link = (x) => svg("line", { x1: x + before + 0.5, y1: 0, x2: start + 0.5, y2: 1 });
    const view = { viewBox: `0 0 ${span} 1`, preserveAspectRatio: "none" };
    const links = svg("svg", view, taps(lines[1], 0).map(link));
    const kernel = kernelBox(problem, channels, "", links);
    kernel.lastChild.className = "sp-moving";
    const results = resultBoxes(problem, lines, "").reverse();
    const whole = div("strips", inputBox(lines, channels, ""), kernel, results);
    return [vary(whole, { dilation, stride, span, start })];
  }

  /* ---- Keys ---- */

  /** The cell of the same grid that a key leads to. */
  function beside(cell, key) {
    const line = cell.parentElement;
    const [cells, lines] = [[...line.children], [...line.parentElement.children]];
    const [row, column] = [lines.indexOf(line), cells.indexOf(cell)];
    const to = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, cells.length - 1],
    }[key];
    return to && ((lines[to[0]] && lines[to[0]].children[to[1]]) || cell);
  }

  /** Make a cell the one of its grid where the Tab key stops. */
  function rove(cell) {
    const grid = cell.closest("[role=grid]");
    for (const one of grid.querySelectorAll("[tabindex='0']")) one.tabIndex = -1;
    cell.tabIndex = 0;
  }

  SybilPages.define("sliding-window", (_, values) => {
    const { read, disagreement } = SybilPages.convolution;
    try {
      const page = read(values);
      const wrong = values.output == null ? "" : disagreement(page, values.output);
      if (wrong) console.error(`sliding-window: ${wrong}`);
      return new SlidingWindow(page, wrong).element;
    } catch (error) {
      return html("p", { role: "alert" }, error.message);
    }
  });
})(globalThis);
