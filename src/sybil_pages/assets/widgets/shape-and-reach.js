/* Shape and reach: the reader builds a stack of layers, and sees what each puts
   out, costs and sees, which inputs never reach the end, and the Keras code. */
(function (root) {
  "use strict";
  const { html, svg, voice, define, reach } = root.SybilPages;
  const { tuple, spread, product } = reach;

  const AXES = [["index"], ["rows", "columns"]];
  const HEADS = ["Output shape", "Parameters", "Multiply-adds", "Receptive field", "Jump"];
  const CHOICES = {
    activation: ["linear", "relu", "sigmoid", "tanh", "softmax", "gelu"],
    padding: ["valid", "same", "causal"],
  };
  const LAYERS =
    "Conv# MaxPooling# AveragePooling# GlobalMaxPooling# GlobalAveragePooling# " +
    "ZeroPadding# Flatten Dense Dropout Activation BatchNormalization";
  const FEW = [64, 32]; // cells along an axis of a strip, and of a map, that are drawn one by one

  const grouped = (value) => value.toLocaleString("en");
  const count = (mask) => mask.reduce((sum, on) => sum + on, 0);
  const total = (masks) => product(masks.map(count));
  const rankOf = ({ shape }) => Math.max(1, shape.length - 1);

  /** A layer as the controls want it: all settings there, a list for each axis.
      What Keras demands and the page does not give stays empty. */
  function settled(layer, rank) {
    const all = { ...layer };
    const { family, settings } = reach.kind(layer);
    for (const [key, usual] of Object.entries({ ...settings[0], ...settings[1] })) {
      const demanded = /^(filters|units|kernel_size|rate)$/.test(key);
      const value = layer[key] ?? (demanded ? NaN : usual ?? all.pool_size);
      all[key] = /size|strides|_rate/.test(key) ? [...spread(value, rank)] : value;
    }
    if (family === "ZeroPadding")
      all.padding = spread(all.padding, 2).map((one) => (rank > 1 ? [...spread(one, 2)] : one));
    return all;
  }

  /** A new layer, with settings that one may want. */
  function fresh(layer, rank) {
    return settled({ layer, ...reach.kind({ layer }).settings[0] }, rank);
  }

  /* ---- Words ---- */

  /** Where neighbouring marks begin and end: [[from, to], …]. */
  function runs(mask) {
    const found = [];
    mask.forEach((on, n) => {
      if (on && mask[n - 1]) found.at(-1)[1] = n + 1;
      else if (on) found.push([n, n + 1]);
    });
    return found;
  }

  /** Which positions are marked: `rows 3 to 7; columns 9`, or `8 columns from 4 to 27`. */
  function listed(masks) {
    const texts = masks.map((mask, axis) => {
      const found = runs(mask).map(([from, to]) => (to - from > 1 ? `${from} to ${to - 1}` : from));
      const name = AXES[masks.length - 1][axis];
      if (found.length < 4) return found.length && `${name} ${found.join(", ")}`;
      const ends = `${mask.indexOf(1)} to ${mask.lastIndexOf(1)}`;
      return `${count(mask)} ${name.replace("ex", "ices")} from ${ends}`;
    });
    return texts.filter(Boolean).join("; ");
  }

  /** How many inputs never reach the end, and which. */
  function summaryOf({ ends, levels, error }) {
    if (!levels.length) return error;
    const stop = error && `The stack stops at layer ${levels.length}: ${error} `;
    const goal = error ? `layer ${levels.length - 1}, the last that fits` : "the output";
    const all = product(levels[0].sizes);
    const lost = all - total(ends[0]);
    if (!lost) return `${stop}All ${grouped(all)} inputs reach ${goal}.`;
    const places = listed(ends[0].map((mask) => mask.map((on) => 1 - on)));
    const verb = lost > 1 ? "reach" : "reaches";
    return `${stop}${grouped(lost)} of ${grouped(all)} inputs never ${verb} ${goal}: ${places}.`;
  }

  /** Is it a list of numbers that all see the same? */
  const whole = ({ flat, sizes }) => flat && product(sizes) === 1;

  /** What the chosen output sees, or how far the chosen input reaches. */
  function sentenceOf({ level, at, levels, layers }, found) {
    const place = at.length > 1 ? tuple(at) : at[0];
    if (level) {
      const wide = (mask) => mask.lastIndexOf(1) - mask.indexOf(1) + 1;
      const clipped = found[0].some((mask, axis) => wide(mask) < levels[level].field[axis]);
      const edge = clipped ? " The rest of its receptive field is padding." : "";
      const seen = total(found[0]);
      const inputs = `${grouped(seen)} input${seen > 1 ? "s" : ""}: ${listed(found[0])}.${edge}`;
      const one = whole(levels[level]) ? "Every output" : `Output ${place}`;
      return `${one} of layer ${level} sees ${seen ? inputs : "padding alone."}`;
    }
    const last = found.findLastIndex(total);
    const far = last ? `layer ${last} and no further` : "no layer";
    return `Input ${place} reaches ${last === layers.length ? "the output" : far}.`;
  }

  /* ---- The picture ---- */

  /** A level as two axes, down and across: where it starts, and its cells. */
  function gridOf({ first, cell, sizes }) {
    const many = sizes.some((size) => size > FEW[sizes.length - 1]);
    const grid = sizes.map((size, axis) => {
      return { start: first[axis] + 0.5 - cell[axis] / 2, cell: cell[axis], size, many };
    });
    return grid.length > 1 ? grid : [{ start: 0, cell: 1, size: 1 }, ...grid];
  }

  const flat = (masks) => (masks.length > 1 ? masks : [[1], ...masks]);
  const box = (width, height) => `h${width}v${height}h${-width}z`;
  const cross = (width, height) => `l${width} ${height}m${-width} 0l${width} ${-height}`;
  const area = (grid, masks) => path(grid, ...flat(masks).map(runs), box);

  /** What `drawn` draws at each pair of runs. */
  function path([down, across], rows, columns, drawn) {
    const parts = rows.map(([top, bottom]) =>
      columns.map(([left, right]) => {
        const place = `M${across.start + left * across.cell} ${down.start + top * down.cell}`;
        return place + drawn((right - left) * across.cell, (bottom - top) * down.cell);
      })
    );
    return parts.flat().join("");
  }

  /** All cells of an axis one by one, or at once where they are many. */
  function cells({ size, many }) {
    return many ? [[0, size]] : Array.from({ length: size }, (_, n) => [n, n + 1]);
  }

  /** Crosses through the cells that never count. */
  function gone(grid, masks) {
    const [rows, columns] = flat(masks);
    const [down, across] = grid.map(cells);
    if (grid[1].many) return "";
    const lost = (row) => across.filter(([n]) => !rows[row[0]] || !columns[n]);
    return down.map((row) => path(grid, [row], lost(row), cross)).join("");
  }

  /** Draw the input, and each layer that looks through windows. */
  function draw(view) {
    view.maps = view.levels.map((level, n) => ({ level, n, grid: gridOf(level) }));
    view.maps = view.maps.filter(({ level, n }) => !n || level.windows);
    const [[y, height], [x, width]] = [0, 1].map((axis) => {
      const axes = view.maps.map(({ grid }) => grid[axis]);
      const from = Math.min(...axes.map(({ start }) => start));
      return [from, Math.max(...axes.map(({ start, cell, size }) => start + cell * size)) - from];
    });
    view.picture.replaceChildren(...view.maps.map((map) => mapOf(view, map, x, y, width, height)));
    view.picture.classList.toggle("sp-strips", height === 1);
  }

  function mapOf(view, map, x, y, width, height) {
    const { level, n, grid } = map;
    const ends = view.ends[n];
    const drawn = (name, d = "") => svg("path", { class: `sp-${name}`, d });
    map.lit = drawn("lit");
    map.mark = drawn("mark");
    const picture = svg(
      "svg",
      { viewBox: [x, y, width, height], preserveAspectRatio: "none", "aria-hidden": "true" },
      drawn("tint", area(grid, ends)), map.lit,
      drawn("lines", path(grid, ...grid.map(cells), box)),
      drawn("gone", gone(grid, ends)), map.mark
    );
    const choose = (event) => {
      const frame = picture.getBoundingClientRect();
      const down = y + ((event.clientY - frame.top) / frame.height) * height;
      const across = x + ((event.clientX - frame.left) / frame.width) * width;
      const place = ({ start, cell }, axis) => Math.floor(([down, across][axis] - start) / cell);
      lookAt(view, n, grid.map(place).slice(-level.sizes.length));
    };
    picture.addEventListener("pointermove", choose);
    picture.addEventListener("pointerdown", choose);
    const role = n ? (level.flat ? "units" : "outputs") : "inputs";
    const name = html("b", {}, n ? `${n} ${view.layers[n - 1].layer}` : "input");
    const size = html("span", {}, whole(level) ? level.shape[0] : level.sizes.join(" × "));
    return html("div", { class: `sp-map sp-${role}` }, name, picture, size);
  }

  /** Choose a position of a level, the nearest one that there is; none given: the middle. */
  function lookAt(view, wanted, at) {
    const { levels } = view;
    view.sentence.textContent = "";
    if (!levels.length) return;
    const level = Math.min(wanted, levels.length - 1);
    const { sizes } = levels[level];
    const nearest = (size, axis) => Math.max(0, Math.min(size - 1, at[axis] ?? size >> 1));
    Object.assign(view, { level, at: sizes.map(nearest) });
    const one = reach.marked(levels[level], view.at);
    const found = level ? reach.back(levels, level, one) : reach.forth(levels, one);
    const own = view.maps.findLast(({ n }) => n <= level);
    for (const { n, grid, lit, mark } of view.maps) {
      lit.setAttribute("d", found[n] ? area(grid, found[n]) : "");
      mark.setAttribute("d", n === own.n ? area(grid, one) : "");
    }
    view.sentence.textContent = sentenceOf(view, found);
    view.sliders.forEach((slider, axis) => {
      // It keeps its room: a row that moves under the pointer cannot be clicked.
      slider.parentNode.hidden = axis >= sizes.length;
      if (slider.parentNode.hidden) return;
      const [max, value] = [sizes[axis] - 1, view.at[axis]];
      Object.assign(slider, { max, value, disabled: !max });
      slider.setAttribute("aria-valuetext", `${value}. ${view.sentence.textContent}`);
      const unit = sizes.length > 1 ? `, ${AXES[1][axis].slice(0, -1)}` : "";
      slider.previousSibling.data = `${level ? `Output of layer ${level}` : "Input"}${unit}`;
    });
  }

  /* ---- The table ---- */

  function button(text, key, onclick, more) {
    return html("button", { type: "button", "data-key": key, onclick, ...more }, text);
  }

  /** The control of `target[key]`; where `also[key]` was equal to it, it stays so. */
  function field(view, label, target, key, also) {
    const value = target[key];
    const set = (next) => {
      if (also && Object.is(also[key], target[key])) also[key] = next;
      target[key] = next;
      changed(view);
    };
    const named = (tag, attributes, ...children) =>
      html(tag, { "aria-label": label, ...attributes }, ...children);
    if (typeof value === "boolean")
      return named("input", {
        type: "checkbox", checked: value, onchange: ({ target }) => set(target.checked),
      });
    if (CHOICES[label] && !Number.isInteger(value)) {
      const names = new Set([...CHOICES[label], value.class_name || value]);
      const options = [...names].map((one) => html("option", { selected: one === value }, one));
      return named("select", { onchange: ({ target }) => set(target.value) }, options);
    }
    const input = named("input", {
      type: "number", min: 0, step: Number.isInteger(value) ? 1 : "any",
      oninput: () => set(input.value === "" ? NaN : Number(input.value)),
    });
    view.follow.push(() => {
      if (input === document.activeElement) return; // the reader is typing
      input.value = Number.isFinite(target[key]) ? target[key] : "";
    });
    return input;
  }

  /** The controls of `target[key]`, which may be a list, below their name. */
  function setting(view, name, target, key, also) {
    const fields = (label, inner, n) => {
      const value = inner[n];
      if (!Array.isArray(value)) return field(view, label, inner, n, also);
      const numbered = (m) => (value.length > 1 ? `${label} ${m + 1}` : label);
      return value.flatMap((_, m) => fields(numbered(m), value, m));
    };
    return html("div", { class: "sp-setting" }, html("code", {}, name), fields(name, target, key));
  }

  /** The controls of the open row: the input, or layer n. */
  function panelOf(view, n) {
    const { layers, shape } = view;
    const layer = layers[n - 1];
    if (!layer) {
      const names = [...(shape.length > 2 ? AXES[1] : ["steps"]), "channels"];
      return shape.map((_, axis) => setting(view, names[axis], shape, axis));
    }
    const keys = Object.keys(Object.assign({}, ...reach.kind(layer).settings));
    const move = (key, to) => {
      const act = () => {
        layers.splice(n - 1, 1);
        if (to) layers.splice(to - 1, 0, layer);
        stacked(view, to || Math.min(n, layers.length), key);
      };
      return button(key, key, act, { disabled: to < 0 || to > layers.length });
    };
    return [
      keys.map((key) => setting(view, key, layer, key, key === "pool_size" && layer.strides)),
      html("div", {}, move("Move up", n - 1 || -1), move("Move down", n + 1), move("Remove", 0)),
    ];
  }

  /** What stands in the row of a level behind its name. */
  function cellsOf({ shape, parameters, macs, field, flat, jump }, n) {
    const times = (list) => list.join(" × ");
    const apart = flat ? "–" : times(jump);
    if (!n) return [tuple(shape)];
    return [tuple(shape), grouped(parameters), grouped(macs), times(field), apart];
  }

  function rowOf(view, n) {
    const open = view.open === n;
    const name = button("", `row${n}`, () => stacked(view, open ? null : n, `row${n}`), {
      "aria-expanded": String(open),
      onfocus: () => n !== view.level && lookAt(view, n, []),
    });
    const cells = HEADS.map((head) => html("td", { "data-head": head }));
    const wrong = html("td", { colspan: 6, class: "sp-wrong" });
    const below = html("tr", {}, wrong);
    view.follow.push(() => {
      const { levels, layers, shape, error } = view;
      name.textContent = n ? `${n} ${reach.call(layers[n - 1])}` : `Input(${tuple(shape)})`;
      const none = [n > levels.length ? "not reached" : "–"];
      const texts = levels[n] ? cellsOf(levels[n], n) : none;
      cells.forEach((cell, index) => (cell.textContent = texts[index] ?? ""));
      wrong.textContent = error;
      below.hidden = n !== levels.length;
    });
    const row = html("tr", {}, html("th", { scope: "row" }, name), cells);
    if (!open) return [row, below];
    const fields = html("div", { class: "sp-fields" }, panelOf(view, n).flat());
    return [row, below, html("tr", {}, html("td", { colspan: 6, class: "sp-panel" }, fields))];
  }

  /** Show what follows from the stack, after one of its numbers changed. */
  function changed(view) {
    const { shape, layers } = view;
    const { levels, error } = reach.follow(shape, layers);
    const last = levels.length - 1;
    const ends = levels.length ? reach.back(levels, last, reach.marked(levels[last])) : [];
    Object.assign(view, { levels, error, ends });
    view.follow.forEach((update) => update());
    const sum = (key) => grouped(levels.slice(1).reduce((all, one) => all + one[key], 0));
    const costs = `${sum("parameters")} parameters, ${sum("macs")} multiply-adds`;
    view.summary.textContent = summaryOf(view);
    view.total.textContent = `Together: ${costs}.`;
    view.code.textContent = reach.code(shape, layers, view);
    draw(view);
    lookAt(view, view.level, view.at);
    const result = `${view.summary.textContent} ${view.total.textContent}`;
    if (view.result && view.result !== result) view.voice.say(result);
    view.result = result;
  }

  /** Show another stack, with row `open` open; the focus stays on the control `key`. */
  function stacked(view, open, key) {
    const { layers } = view;
    Object.assign(view, { open, follow: [] });
    if (open !== null) Object.assign(view, { level: open, at: [] });
    view.body.replaceChildren(...[0, ...layers.keys()].flatMap((_, n) => rowOf(view, n)));
    const names = LAYERS.replaceAll("#", `${rankOf(view)}D`).split(" ");
    const { value } = view.choice;
    view.choice.replaceChildren(
      ...names.map((name) => html("option", { selected: name === value }, name))
    );
    changed(view);
    // Where no row is open: below the last layer that keeps its axes.
    const last = view.levels.findLastIndex(({ flat }) => !flat);
    view.below = open ?? (last < 0 ? layers.length : last);
    view.adding.textContent = `Add below ${view.below ? `layer ${view.below}` : "the input"}`;
    const find = (one) => view.body.querySelector(`[data-key="${one}"]:enabled`);
    if (key) (find(key) || find(`row${open}`)).focus({ preventScroll: true });
  }

  function add(view) {
    view.layers.splice(view.below, 0, fresh(view.choice.value, rankOf(view)));
    stacked(view, view.below + 1);
  }

  /** Begin with a stack, and look at the last of its outputs that are several. */
  function start(view, shape, layers) {
    view.shape = [].concat(shape);
    view.layers = [].concat(layers).map((layer) => settled(layer, rankOf(view)));
    const { levels } = reach.follow(view.shape, view.layers);
    const several = ({ windows, sizes }) => windows && product(sizes) > 1;
    Object.assign(view, { level: Math.max(0, levels.findLastIndex(several)), at: [] });
    stacked(view, null);
  }

  async function copy({ code, voice }, { target }) {
    try {
      await navigator.clipboard.writeText(code.textContent);
      target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code); // no permission: the reader's keys can copy it
      target.textContent = "Now press Ctrl+C";
    }
    voice.say(target.textContent);
    setTimeout(() => (target.textContent = "Copy"), 2000);
  }

  function build(_, { input_shape: shape, layers }) {
    const view = { voice: voice(), body: html("tbody") };
    for (const name of ["summary", "sentence", "total"])
      view[name] = html("p", { class: `sp-${name}` });
    view.picture = html("div", { class: "sp-picture" });
    view.choice = html("select", { "aria-label": "Layer to add" });
    view.code = html("pre", { tabindex: 0, "aria-label": "Keras code of this stack" });
    view.adding = button("", "add", () => add(view));
    const move = () => lookAt(view, view.level, view.sliders.map(({ value }) => Number(value)));
    view.sliders = [0, 1].map(() => html("input", { type: "range", min: 0, oninput: move }));
    const heads = ["Layer", ...HEADS].map((head) => html("th", { scope: "col" }, head));
    const again = button("Start again", "again", () => start(view, shape, layers));
    const begin = (size, rank) => {
      const act = () => start(view, size, [fresh(`Conv${rank}D`, rank)]);
      return button(`Begin in ${rank}D`, `begin${rank}`, act);
    };
    const hint = "Point at or tap a cell; open a layer to change it.";
    const copying = button("Copy", "copy", (event) => copy(view, event));
    const controls = (...children) => html("div", { class: "sp-controls" }, children);
    const live = html("div", { class: "sp-reach" },
      view.summary, view.picture, view.sentence,
      controls(...view.sliders.map((slider) => html("label", {}, " ", slider))),
      html("p", { class: "sp-hint" }, hint),
      html("table", { class: "sp-stack" }, html("thead", {}, html("tr", {}, heads)), view.body),
      view.total, controls(view.choice, view.adding),
      controls(again, begin([64, 1], 1), begin([28, 28, 1], 2)),
      controls(html("b", {}, "In Keras"), copying), view.code, view.voice.line);
    start(view, shape, layers);
    return live;
  }

  define("shape-and-reach", build);
})(globalThis);
