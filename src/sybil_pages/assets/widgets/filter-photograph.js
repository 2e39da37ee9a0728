/* Filter a photograph: a 3 × 3 kernel, ReLU, pooling, and the numbers of a place. */
(function (root) {
  "use strict";

  const SybilPages = root.SybilPages;
  const { html, svg, number } = SybilPages;

  const NINTHS = [1 / 9, 1 / 9, 1 / 9];
  const KERNELS = {
    "vertical edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "horizontal edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    outline: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    blur: [NINTHS, NINTHS, NINTHS],
    sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    emboss: [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    identity: [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
  };
  const POOLS = ["max", "average", "sum"];
  const SIZES = [2, 3];
  const MOST = 100; // a larger weight would not fit its cell

  /** A page's array as a photograph; `white` is the value of full brightness. */
  function photograph(value) {
    const { shape, data } = value?.shape ? value : packed(value);
    const [height, width, channels = 1] = shape;
    const [least, most] = range({ data });
    const right =
      shape.reduce((size, axis) => size * axis, 1) === data.length &&
      [2, 3].includes(shape.length) &&
      [1, 3].includes(channels);
    if (!(right && height > 2 && width > 2 && least >= 0 && most <= 255))
      throw new RangeError(
        `image: shape (${shape.join(", ")}) with ${least} to ${most} is no photograph. ` +
          "Give (height, width) or (height, width, 3), at least 3 × 3, in 0 to 1 or 0 to 255."
      );
    return { height, width, channels, data, white: most > 1 ? 255 : 1 };
  }

  function packed(nested) {
    const shape = [];
    for (let part = nested; Array.isArray(part); part = part[0]) shape.push(part.length);
    return { shape, data: [nested].flat(Infinity) };
  }

  function grid(height, width, value) {
    const data = new Float64Array(height * width);
    for (let row = 0, i = 0; row < height; row++)
      for (let column = 0; column < width; column++) data[i++] = value(row, column);
    return { height, width, data };
  }

  /** Value `i`, row by row, of a square whose top left corner is given. */
  function tap({ width, channels = 1, data }, top, left, size, i, channel = 0) {
    return data[((top + Math.floor(i / size)) * width + left + (i % size)) * channels + channel];
  }

  /** The kernel's response where it lies wholly on the picture, summed over
      the channels: `Conv2D` with padding "valid" and no bias. */
  function correlate(image, kernel) {
    return grid(image.height - 2, image.width - 2, (row, column) => {
      let sum = 0;
      for (let channel = 0; channel < image.channels; channel++)
        for (let i = 0; i < 9; i++) sum += kernel[i] * tap(image, row, column, 3, i, channel);
      return sum;
    });
  }

  function rectify(map) {
    return { ...map, data: map.data.map((value) => Math.max(0, value)) };
  }

  /** Windows that do not overlap; what is left over is dropped, as in Keras. */
  function pool(map, size, kind) {
    const [height, width] = [Math.floor(map.height / size), Math.floor(map.width / size)];
    return grid(height, width, (row, column) => {
      let [sum, most] = [0, -Infinity];
      for (let i = 0; i < size * size; i++) {
        const value = tap(map, row * size, column * size, size, i);
        sum += value;
        most = Math.max(most, value);
      }
      return kind === "max" ? most : kind === "sum" ? sum : sum / (size * size);
    });
  }

  function range({ data }) {
    let [least, most] = [Infinity, -Infinity];
    for (const value of data) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return [least, most];
  }

  /** The magnitude of the full colour: a few sharp edges must not decide it. */
  function limit({ data }) {
    const sizes = data.map(Math.abs).sort();
    const last = sizes.length - 1;
    return Number((sizes[Math.floor(0.99 * last)] || sizes[last] || 1).toPrecision(2));
  }

  /** What a reader typed, such as −1, 0.5, 0,5 or 1/9; NaN if it is no weight. */
  function weight(text) {
    const parts = text.replace(/[−–]/g, "-").replace(/,/g, ".").split("/");
    if (parts.length > 2 || !parts.every((part) => /^\s*[-+]?[\d.]+\s*$/.test(part))) return NaN;
    const value = parts[0] / (parts[1] ?? 1);
    return Math.abs(value) <= MOST ? value : NaN;
  }

  /** A weight as a reader would type it: 1/9 rather than 0.111. */
  function written(value) {
    const whole = (n) => Math.abs(value * n - Math.round(value * n)) < 1e-6;
    const below = [1000, 3, 9, 16].find(whole);
    return below < 1000 ? `${number(value * below)}/${below}` : number(value, 3);
  }

  /** The same in the room of a small cell. */
  function short(value) {
    const text = written(value);
    return text.length > 6 ? number(+value.toPrecision(3), 3) : text;
  }

  /** The weights row by row; undefined if the value is no 3 × 3 array. */
  function nine(value) {
    const weights = [value].flat(Infinity);
    const right = Array.isArray(value) && [3, 9].includes(value.length) && weights.length === 9;
    return right && weights.every(Number.isFinite) ? weights : undefined;
  }

  /** What the page asked for, and a sentence for each part that is wrong. */
  function settings({ kernels, kernel, pool }) {
    const wrong = [];
    const known = new Map();
    const checked = (name, value) => {
      if (!nine(value)) wrong.push(`${name} is no 3 × 3 array.`);
      return nine(value);
    };
    for (const [name, value] of Object.entries(kernels ?? KERNELS))
      if (checked(`kernels: “${name}”`, value)) known.set(name, nine(value));
    const [first] = [...known.values(), nine(KERNELS.identity)];
    const asked = known.get(kernel ?? "") || KERNELS[kernel] || kernel || first;
    const size = SIZES.includes(pool) ? pool : 2;
    if (size !== (pool ?? 2)) wrong.push(`pool: give 2 or 3, not ${pool}.`);
    return { known, kernel: checked(`kernel: “${kernel}”`, asked) || first, size, wrong };
  }

  const arithmetic = { KERNELS, photograph, correlate, rectify, pool, limit };
  SybilPages.photographs = { ...arithmetic, weight, written, settings };

  const WAYS = { Left: [0, -1], Right: [0, 1], Up: [-1, 0], Down: [1, 0] };

  const times = (rows, columns) => `${rows} × ${columns}`;
  const part = (name, ...children) => html("div", { class: `sp-photo-${name}` }, ...children);
  const word = (name, text = "") => html("span", { class: `sp-photo-${name}` }, text);
  const cell = (i) => `row ${Math.floor(i / 3) + 1}, column ${(i % 3) + 1}`;
  const hue = (value) => `var(--sp-${value < 0 ? "blue" : "orange"})`;
  const largest = (values) => Math.max(...values.map(Math.abs)) || 1;

  /** A part of an array as NumPy writes it, so that a reader can look it up. */
  function slice(name, place, size, channel = "") {
    const spans = place.map((start) => (size > 1 ? `${start}:${start + size}` : start));
    return word("code", `${name}[${spans.join(", ")}${channel}]`);
  }

  /** Blue below 0, orange above; text on it keeps its contrast up to 40 %. */
  function tinted(element, value, most) {
    const share = (40 * Math.min(1, Math.abs(value) / most)).toFixed(1);
    element.style.background = `color-mix(in srgb, ${hue(value)} ${share}%, transparent)`;
    return element;
  }

  /** The pixel's own grey, under black or white, whichever is clearer. */
  function shaded(element, share) {
    element.style.background = `rgb(${Array(3).fill(Math.round(255 * share))})`;
    element.style.color = share > 0.46 ? "#000" : "#fff";
    return element;
  }

  /** Squares from blue to orange, by their shares of the full colour. */
  function swatches(shares, columns) {
    const viewBox = `0 0 ${columns} ${shares.length / columns}`;
    const squares = shares.map((share, i) =>
      svg("rect", {
        x: i % columns,
        y: Math.floor(i / columns),
        width: 1,
        height: 1,
        fill: hue(share),
        "fill-opacity": Math.abs(share).toFixed(3),
      })
    );
    return svg("svg", { viewBox, preserveAspectRatio: "none", "aria-hidden": "true" }, squares);
  }

  /** The theme's blue and orange as pixels: a canvas turns any notation into
      #rrggbb, and nothing is read back from it, which some browsers forbid. */
  function inks(element) {
    const context = html("canvas").getContext("2d");
    return ["--sp-blue", "--sp-orange"].map((name) => {
      context.fillStyle = getComputedStyle(element).getPropertyValue(name);
      const colour = parseInt(context.fillStyle.slice(1), 16);
      return (colour >> 16) | (colour & 0xff00) | ((colour & 0xff) << 16);
    });
  }

  /** Write pixels: red, green, blue and opacity are the bytes of one number. */
  function paint(canvas, pixel) {
    const { height, width } = canvas;
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    new Uint32Array(image.data.buffer).set(grid(height, width, pixel).data);
    context.putImageData(image, 0, 0);
  }

  /** A picture with its title, the value at the place, and a line below. All
      have the photograph's rows and columns, so that a place is the same in all. */
  function picture(name, title, { height, width }) {
    const value = word("value");
    const canvas = html("canvas", { role: "img", "aria-label": name, height, width });
    const [mark, foot] = [part("mark"), part("foot")];
    const box = part("box", canvas, mark);
    box.style.cssText = `--sp-width: ${width}; --sp-height: ${height}`;
    const figure = part("figure", part("title", title, value), box, foot);
    return { figure, value, canvas, mark, box, foot };
  }

  function button(onclick, ...children) {
    return html("button", { type: "button", onclick }, ...children);
  }

  function select(label, values, text, onchange) {
    const options = values.map((value) => html("option", { value }, text(value)));
    return html("select", { "aria-label": label, onchange }, options);
  }

  function square(size, make) {
    const box = part("cells", ...Array.from({ length: size * size }, (_, i) => make(i)));
    box.style.setProperty("--sp-columns", size);
    return box;
  }

  function line(name, how, value) {
    return [name, word("quiet", how), html("b", {}, `= ${value}`)];
  }

  class Filter {
    constructor(element, image, asked) {
      Object.assign(this, { element, image, asked, voice: SybilPages.voice() });
      this.inks = inks(element);
      this.channels = [...Array(image.channels).keys()];
      this.inner = { height: image.height - 2, width: image.width - 2 };
      this.makeKernel();
      this.makePictures();
      this.makeFeet();
      this.listen();
      this.begin();
    }

    makeKernel() {
      this.note = html("p", { class: "sp-photo-note", id: SybilPages.unique("note") });
      this.inputs = this.asked.kernel.map((_, i) =>
        html("input", {
          autocomplete: "off",
          "aria-label": `kernel, ${cell(i)}`,
          "aria-describedby": this.note.id,
          oninput: () => this.type(i),
        })
      );
      this.presets = [...this.asked.known].map(([name, kernel]) => {
        const glyph = swatches(kernel.map((value) => value / largest(kernel)), 3);
        return { kernel, one: button(() => this.choose(kernel), glyph, name) };
      });
    }

    makePictures() {
      const { image, inner } = this;
      const change = () => this.compute();
      this.kinds = select("pooling", POOLS, (kind) => `${kind} pooling`, change);
      this.sizes = select("pooling window", SIZES, (size) => times(size, size), change);
      const shown = [["photograph", image], ["response", inner], ["after ReLU", inner]];
      this.pictures = shown.map(([name, { height, width }]) =>
        picture(name, [html("b", {}, name), word("quiet", times(height, width))], image)
      );
      this.pictures.push(picture("after pooling", [this.kinds, this.sizes], image));
      const [photo, response, relu, pooled] = this.pictures.map(({ figure }) => figure);
      this.products = part("products");
      this.lines = part("lines");
      this.chain = part("chain", photo, response, this.products, relu, pooled, this.lines);
      paint(this.pictures[0].canvas, (row, column) => {
        const [red, green, blue] = [0, 1, 2].map((c) =>
          Math.round((255 * tap(image, row, column, 1, 0, c % image.channels)) / image.white)
        );
        return (red | (green << 8) | (blue << 16) | (255 << 24)) >>> 0;
      });
    }

    makeFeet() {
      const nudges = Object.entries(WAYS).map(([name, way], i) => {
        const one = button(() => this.move(way), "←→↑↓"[i]);
        one.ariaLabel = `one cell ${name.toLowerCase()}`;
        return one;
      });
      const [first, ...maps] = this.pictures;
      const hint = "Point to read the numbers; click or tap to keep the place.";
      first.foot.append(...nudges, word("quiet", hint));
      this.scales = maps.map(({ foot }, i) => {
        const [low, high, text] = [word("end"), word("end"), word("quiet")];
        const shares = Array.from({ length: i ? 9 : 17 }, (_, step) => (i ? step : step - 8) / 8);
        const scale = swatches(shares, shares.length);
        foot.append(html("span", { class: "sp-photo-scale" }, low, scale, high), text);
        return { low, high, text };
      });
    }

    layout() {
      const reset = button(() => this.begin(), "Reset");
      const buttons = this.presets.map(({ one }) => one);
      return part(
        "all",
        this.asked.wrong.map((sentence) => html("p", { class: "sp-photo-wrong" }, sentence)),
        part(
          "top",
          part("kernel", this.inputs),
          html("div", {}, html("div", { class: "sp-controls" }, buttons, reset), this.note)
        ),
        this.chain,
        this.voice.line
      );
    }

    begin() {
      const { kernel, size } = this.asked;
      const { width, data } = correlate(this.image, kernel);
      const strongest = data.indexOf(range({ data })[1]);
      this.place = [Math.floor(strongest / width), strongest % width];
      this.kinds.value = "max";
      this.sizes.value = size;
      this.choose(kernel);
    }

    choose(kernel) {
      this.kernel = [...kernel];
      this.inputs.forEach((input, i) =>
        Object.assign(input, { value: written(kernel[i]), ariaInvalid: null })
      );
      this.compute();
    }

    /** A cell that holds no number keeps its last weight; the others go on. */
    type(i) {
      const value = weight(this.inputs[i].value);
      const wrong = Number.isNaN(value);
      this.inputs[i].ariaInvalid = wrong || null;
      if (!wrong) this.kernel[i] = value;
      this.compute();
    }

    listen() {
      for (const { box } of this.pictures) {
        box.onpointermove = (event) => {
          this[event.pointerType === "touch" ? "place" : "hover"] = this.under(event, box);
          this.show();
        };
        box.onpointerleave = () => {
          this.hover = null;
          this.show();
        };
        box.onclick = (event) => this.stay(this.under(event, box));
      }
      Object.assign(this.pictures[0].box, {
        tabIndex: 0,
        role: "application",
        ariaLabel: "photograph: arrow keys move the window by one cell, with Shift by ten",
        onkeydown: (event) => this.steer(event),
      });
    }

    /** The place whose window lies around the pixel under the pointer. */
    under({ clientX, clientY }, box) {
      const { left, top, width, height } = box.getBoundingClientRect();
      const row = Math.floor(((clientY - top) / height) * this.image.height);
      const column = Math.floor(((clientX - left) / width) * this.image.width);
      return this.within(row - 1, column - 1);
    }

    within(row, column) {
      const clamp = (value, size) => Math.max(0, Math.min(size - 1, value));
      return [clamp(row, this.inner.height), clamp(column, this.inner.width)];
    }

    steer(event) {
      const way = WAYS[event.key.replace("Arrow", "")];
      if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.move(way, event.shiftKey ? 10 : 1);
    }

    move([down, right], cells = 1) {
      this.stay(this.within(this.place[0] + down * cells, this.place[1] + right * cells));
    }

    stay(place) {
      Object.assign(this, { place, hover: null });
      this.show();
      this.speak();
    }

    speak() {
      if (!this.voice.line.isConnected) return; // nobody has done anything yet
      const { place, texts } = this.at();
      const [response, relu, pooled] = texts;
      this.voice.say(
        this.inputs.some((input) => input.ariaInvalid)
          ? this.note.textContent
          : `row ${place[0]}, column ${place[1]}: response ${response}, after ReLU ${relu}, ` +
              `${this.kinds.value} pooling ${pooled}`
      );
    }

    compute() {
      const [kind, size] = [this.kinds.value, Number(this.sizes.value)];
      const response = correlate(this.image, this.kernel);
      const relu = rectify(response);
      const full = limit(response);
      this.size = size;
      this.maps = [response, relu, pool(relu, size, kind)];
      this.full = [full, full, kind === "sum" ? full * size ** 2 : full];
      this.draw();
      this.describe();
      this.show();
      this.speak();
    }

    draw() {
      this.maps.forEach(({ height, width, data }, i) => {
        const [size, full] = [i === 2 ? this.size : 1, this.full[i]];
        paint(this.pictures[i + 1].canvas, (row, column) => {
          const y = Math.floor((row - 1) / size);
          const x = Math.floor((column - 1) / size);
          if (y < 0 || x < 0 || y >= height || x >= width) return 0; // no output belongs to it
          const value = data[y * width + x];
          const opacity = Math.min(255, Math.round((255 * Math.abs(value)) / full));
          return (this.inks[value < 0 ? 0 : 1] | (opacity << 24)) >>> 0;
        });
      });
    }

    describe() {
      const { height, width, data } = this.maps[0];
      this.scales.forEach(({ low, high }, i) => {
        const [[least, most], full] = [range(this.maps[i]), this.full[i]];
        low.textContent = i ? "0" : (least < -full ? "≤ " : "") + number(-full, 3);
        high.textContent = (most > full ? "≥ " : "") + number(full, 3);
      });
      const below = data.filter((value) => value < 0).length / data.length;
      this.scales[1].text.textContent = `${Math.round(100 * below)} % were below 0`;
      const result = this.maps[2];
      const [rows, columns] = [height % this.size, width % this.size];
      const rest = rows || columns ? `, left over: rows ${rows}, columns ${columns}` : "";
      this.scales[2].text.textContent = times(result.height, result.width) + rest;
      this.inputs.forEach((input, i) => tinted(input, this.kernel[i], largest(this.kernel)));
      for (const { kernel, one } of this.presets)
        one.ariaPressed = kernel.every((value, i) => value === this.kernel[i]);
      this.annotate();
    }

    /** What is wrong with the kernel, or else what it does to an even surface. */
    annotate() {
      const wrong = this.inputs.findIndex((input) => input.ariaInvalid);
      const sum = written(this.kernel.reduce((total, value) => total + value, 0));
      this.note.classList.toggle("sp-photo-wrong", wrong >= 0);
      this.note.textContent =
        wrong >= 0
          ? `In ${cell(wrong)} is no number from −${MOST} to ${MOST}. ` +
            `${written(this.kernel[wrong])} stays.`
          : this.channels[1]
            ? "The same weights act on red, green and blue, and all 27 products are added."
            : `The weights add up to ${sum}: an even surface is multiplied by ${sum}.`;
    }

    text(value) {
      return value === undefined ? "left over" : number(value, this.image.white > 1 ? 1 : 3);
    }

    /** What is at the place; the pooled value is undefined where it is dropped. */
    at() {
      const place = this.hover || this.place;
      const block = place.map((index) => Math.floor(index / this.size));
      const [response, relu, result] = this.maps;
      const kept = block[0] < result.height && block[1] < result.width;
      const values = [response, relu].map((map) => tap(map, ...place, 1, 0));
      values.push(kept ? tap(result, ...block, 1, 0) : undefined);
      return { place, block, kept, values, texts: values.map((value) => this.text(value)) };
    }

    show() {
      const found = this.at();
      this.mark(found);
      this.products.replaceChildren(...this.channels.map((c) => this.product(found.place, c)));
      this.lines.replaceChildren(...this.steps(found));
    }

    mark({ place, block, kept, values, texts }) {
      const cell = [...place.map((index) => index + 1), 1]; // a border of one has no output
      const window = kept ? [...block.map((index) => index * this.size + 1), this.size] : cell;
      [[...place, 3], cell, window, window].forEach(([row, column, size], i) => {
        const where = `--sp-row: ${row}; --sp-column: ${column}; --sp-size: ${size}`;
        this.pictures[i].mark.style.cssText = where;
      });
      this.pictures[3].mark.hidden = !kept;
      this.chain.style.cssText = `--sp-y: ${cell[0]}; --sp-x: ${cell[1]}`;
      const pixel = this.channels.map((c) => tap(this.image, ...place, 3, 4, c));
      const [first, ...others] = this.pictures.map(({ value }) => value);
      first.textContent = pixel.map((value) => this.text(value)).join(", ");
      if (!this.channels[1]) shaded(first, pixel[0] / this.image.white);
      others.forEach((element, i) => {
        element.textContent = texts[i];
        tinted(element, values[i] || 0, this.full[i]);
      });
    }

    product(place, channel) {
      const { white } = this.image;
      const most = largest(this.kernel);
      const window = square(3, (i) => {
        const pixel = tap(this.image, ...place, 3, i, channel);
        const weighted = word("weight", `×${short(this.kernel[i])}`);
        return part(
          "cell",
          shaded(word("pixel", this.text(pixel)), pixel / white),
          tinted(weighted, this.kernel[i], most)
        );
      });
      const products = square(3, (i) => {
        const product = tap(this.image, ...place, 3, i, channel) * this.kernel[i];
        return tinted(part("cell", this.text(product)), product, most * white);
      });
      const name = slice("photograph", place, 3, this.channels[1] ? `, ${channel}` : "");
      return part("product", part("wide", name, " × kernel"), window, "=", products);
    }

    steps({ place, block, kept, texts: [response, relu, pooled] }) {
      const [size, count] = [this.size, 9 * this.channels.length];
      const lines = [
        ...line(slice("response", place, 1), `sum of ${count}`, response),
        ...line(slice("relu", place, 1), `max(0, ${response})`, relu),
      ];
      if (!kept) return [...lines, part("wide", "No whole window is left here: pooling drops it.")];
      const start = block.map((index) => index * size);
      const here = (place[0] - start[0]) * size + place[1] - start[1];
      const cells = square(size, (i) => {
        const value = tap(this.maps[1], ...start, size, i);
        const cell = part(i === here ? "cell sp-photo-here" : "cell", this.text(value));
        return tinted(cell, value, this.full[1]);
      });
      return [
        ...lines,
        part("wide", slice("relu", start, size), cells),
        ...line(slice("pooled", block, 1), `${this.kinds.value} of ${size ** 2}`, pooled),
      ];
    }

    /** Pixels do not follow the theme by themselves. */
    follow() {
      const theme = new MutationObserver(() => {
        this.inks = inks(this.element);
        this.draw();
        if (!this.element.isConnected) theme.disconnect();
      });
      for (const one of [document.documentElement, document.body])
        theme.observe(one, { attributes: true });
    }
  }

  SybilPages.define("filter-photograph", (element, values) => {
    let image;
    try {
      image = photograph(values.image);
    } catch (error) {
      return html("p", { class: "sp-photo-wrong" }, error.message);
    }
    const filter = new Filter(element, image, settings(values));
    filter.follow();
    return filter.layout();
  });
})(globalThis);
