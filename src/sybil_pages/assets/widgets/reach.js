/* What a stack of Keras layers puts out and costs, and what reaches its end. A layer
   looks along each axis through one window. Pure arithmetic, without `document`. */
(function (root) {
  "use strict";
  const SybilPages = root.SybilPages;

  // Settings in Keras's order: without a default, which come first in a call, and with one.
  const linear = { activation: "linear", use_bias: true };
  const convolution = { strides: 1, padding: "valid", dilation_rate: 1, ...linear };
  const pooling = [{ pool_size: 2 }, { strides: null, padding: "valid" }];
  const global = [{}, { keepdims: false }];
  const FAMILIES = {
    Conv: [{ filters: 8, kernel_size: 3 }, convolution],
    MaxPooling: pooling,
    AveragePooling: pooling,
    GlobalMaxPooling: global,
    GlobalAveragePooling: global,
    ZeroPadding: [{ padding: 1 }, {}],
    Flatten: [{}, {}],
    Dense: [{ units: 10 }, linear],
    Dropout: [{ rate: 0.5 }, {}],
    SpatialDropout: [{ rate: 0.5 }, {}],
    BatchNormalization: [{}, { center: true, scale: true }],
    Activation: [{ activation: "relu" }, {}],
    ReLU: [{}, {}],
    LeakyReLU: [{}, { negative_slope: 0.3 }],
    ELU: [{}, { alpha: 1 }],
    Softmax: [{}, {}],
    Identity: [{}, {}],
  };
  const UNITS = [["values"], ["rows", "columns"]];

  const product = (numbers) => numbers.reduce((one, other) => one * other, 1);
  const tuple = (list) => `(${list.join(", ")}${list.length === 1 ? "," : ""})`;
  const spread = (value, count) => (Array.isArray(value) ? value : Array(count).fill(value));
  const shapeOf = ({ sizes, channels, flat }) =>
    flat ? [product(sizes) * channels] : [...sizes, channels];

  /** What does not fit, in a sentence for the reader. */
  class Refusal extends Error {}

  function refuse(sentence) {
    throw new Refusal(sentence);
  }

  /** A class's name taken apart: `Conv2D` is of the family Conv and of rank 2. */
  function kind({ layer }) {
    const [, family, rank] = /^(.*?)(?:([12])D)?$/.exec(layer);
    return { family, rank: Number(rank || 0), settings: FAMILIES[family] || [{}, {}] };
  }

  /** A setting as whole numbers, one for each axis. */
  function whole(layer, key, rank = 1, fallback = NaN, least = 1) {
    const list = spread(layer[key] ?? fallback, rank);
    if (list.length !== rank || !list.every((one) => Number.isInteger(one) && one >= least))
      refuse(`${key} must be a whole number from ${least} up.`);
    return list;
  }

  /** One window along one axis, and how many outputs it gives. */
  function windowOf(inputs, kernel, strides = 1, padding = "valid", dilation = 1, key, unit) {
    const span = dilation * (kernel - 1) + 1;
    let [before, outputs] = [0, Math.ceil(inputs / strides)];
    if (padding === "causal") before = span - 1;
    else if (padding === "same") before = Math.max((outputs - 1) * strides + span - inputs, 0) >> 1;
    else if (padding === "valid") outputs = Math.floor((inputs - span) / strides) + 1;
    else refuse(`padding ${padding} is not known.`);
    if (outputs < 1)
      refuse(`${key} ${kernel} spans ${span} ${unit}, and there are only ${inputs}.`);
    // An output stands over the middle of what it sees, a causal one over the end.
    const middle = padding === "causal" ? 0 : (span - 1) / 2 - before;
    const cell = outputs > 1 || padding === "causal" ? strides : Math.min(span, inputs);
    return { inputs, outputs, kernel, strides, dilation, before, span, middle, cell };
  }

  /** What comes out when a window slides along each axis. */
  function look(state, windows) {
    const { field, jump, cell, first } = state;
    const sizes = windows.map(({ outputs }) => outputs);
    return {
      ...state, windows, sizes,
      field: windows.map((one, axis) => field[axis] + (one.span - 1) * jump[axis]),
      jump: windows.map((one, axis) => jump[axis] * one.strides),
      first: windows.map((one, axis) => first[axis] + cell[axis] * one.middle),
      cell: windows.map((one, axis) => cell[axis] * one.cell),
    };
  }

  function lookAtAll(state) {
    if (product(state.sizes) === 1) return state;
    return look(state, state.sizes.map((size) => windowOf(size, size)));
  }

  /** Slide the window that `key` names over what came out before. */
  function slide(layer, state, key, fallback, usual) {
    const rank = state.sizes.length;
    const { padding = "valid" } = layer;
    const kernel = whole(layer, key, rank, fallback);
    const strides = whole(layer, "strides", rank, usual ?? kernel);
    const rates = whole(layer, "dilation_rate", rank, 1);
    if (padding === "causal" && layer.layer !== "Conv1D")
      refuse("padding causal is for Conv1D alone.");
    if (Math.max(...strides) > 1 && Math.max(...rates) > 1)
      refuse("Keras refuses strides above 1 together with a dilation_rate above 1.");
    const windows = state.sizes.map((size, n) =>
      windowOf(size, kernel[n], strides[n], padding, rates[n], key, UNITS[rank - 1][n])
    );
    return look(state, windows);
  }

  const STEPS = {
    Conv(layer, state) {
      const [filters] = whole(layer, "filters");
      const out = slide(layer, state, "kernel_size", NaN, 1);
      const weights = product(out.windows.map(({ kernel }) => kernel)) * state.channels * filters;
      const parameters = weights + filters * (layer.use_bias ?? true);
      return { ...out, channels: filters, parameters, macs: weights * product(out.sizes) };
    },
    MaxPooling: (layer, state) => slide(layer, state, "pool_size", 2),
    GlobalMaxPooling: (layer, state) => ({ ...lookAtAll(state), flat: !layer.keepdims }),
    ZeroPadding(layer, state) {
      const { sizes } = state;
      const windows = sizes.map((inputs, axis) => {
        const padding = sizes.length > 1 ? spread(layer.padding, 2)[axis] : layer.padding;
        const [before, after] = whole({ padding }, "padding", 2, 1, 0);
        const outputs = before + inputs + after;
        return { ...windowOf(inputs, 1), outputs, before, middle: -before };
      });
      return look(state, windows);
    },
    Flatten: (layer, state) => ({ ...state, flat: true }),
    Dense(layer, state) {
      const [units] = whole(layer, "units");
      const shape = shapeOf(state);
      const parameters = (shape.at(-1) + (layer.use_bias ?? true)) * units;
      const out = state.flat ? lookAtAll(state) : state;
      return { ...out, channels: units, parameters, macs: product(shape) * units };
    },
    BatchNormalization(layer, state) {
      const shape = shapeOf(state);
      if (![-1, shape.length].includes(layer.axis ?? -1))
        refuse("axis must be -1, the channels.");
      const learned = (layer.center ?? true) + (layer.scale ?? true);
      return { ...state, parameters: (2 + learned) * shape.at(-1) };
    },
    Dropout(layer, state) {
      return layer.rate >= 0 && layer.rate <= 1 ? state : refuse("rate must be from 0 to 1.");
    },
  };
  STEPS.AveragePooling = STEPS.MaxPooling;
  STEPS.GlobalAveragePooling = STEPS.GlobalMaxPooling;
  STEPS.SpatialDropout = STEPS.Dropout;

  /** What goes in. */
  function opened(shape) {
    const good = (size) => Number.isInteger(size) && size > 0 && size <= 1e4;
    if (![1, 2, 3].includes(shape.length) || !shape.every(good))
      refuse("An input has 1 to 3 sizes, whole numbers from 1 to 10,000.");
    const flat = shape.length === 1;
    const sizes = flat ? shape : shape.slice(0, -1);
    const ones = sizes.map(() => 1);
    const place = { first: sizes.map(() => 0), field: ones, jump: ones, cell: ones };
    return { sizes, channels: flat ? 1 : shape.at(-1), flat, ...place };
  }

  /** What comes out of a layer, from what came out before it. */
  function step(layer, before) {
    const { family, rank } = kind(layer);
    if (!FAMILIES[family]) refuse(`${layer.layer} is a layer that this picture does not know.`);
    if (layer.data_format === "channels_first" || (layer.groups ?? 1) > 1)
      refuse("Only channels_last and groups=1 are known here.");
    if (rank && (before.flat || before.sizes.length !== rank)) {
      const needs = ["steps and channels", "rows, columns and channels"][rank - 1];
      refuse(`${layer.layer} needs ${needs}, and gets ${tuple(shapeOf(before))}.`);
    }
    const state = { ...before, windows: null, parameters: 0, macs: 0 };
    return STEPS[family] ? STEPS[family](layer, state) : state;
  }

  /** Follow a stack: its `levels` are the input and each layer, up to the first one
      that does not fit, which `error` explains. A level has its `shape`, `parameters`,
      `macs`, and for each axis `field`, `jump`, and where its cells stand over the input. */
  function follow(shape, layers) {
    const levels = [];
    const push = (level) => levels.push({ ...level, shape: shapeOf(level) });
    try {
      push(opened(shape));
      for (const layer of layers) push(step(layer, levels.at(-1)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { levels, error: error.message };
    }
    return { levels, error: "" };
  }

  /** The inputs that one output of a window sees. */
  function taps({ inputs, kernel, strides, dilation, before }, output) {
    const start = output * strides - before;
    const found = [];
    for (let tap = Math.max(0, Math.ceil(-start / dilation)); tap < kernel; tap += 1) {
      if (start + tap * dilation >= inputs) break;
      found.push(start + tap * dilation);
    }
    return found;
  }

  /** Which positions of each level up to `last` do these positions depend on? `masks`
      are one for each axis; what they mark is their product. */
  function back(levels, last, masks) {
    const found = [masks];
    for (const { windows } of levels.slice(1, last + 1).reverse()) {
      if (windows)
        masks = masks.map((mask, axis) => {
          const seen = new Uint8Array(windows[axis].inputs);
          mask.forEach((on, n) => on && taps(windows[axis], n).forEach((tap) => (seen[tap] = 1)));
          return seen;
        });
      found.unshift(masks);
    }
    return found;
  }

  /** Which positions of each level do these inputs feed? */
  function forth(levels, masks) {
    return levels.map(({ windows, sizes }) => {
      const fed = (mask, axis) => (_, n) => taps(windows[axis], n).some((tap) => mask[tap]);
      if (windows)
        masks = masks.map((mask, axis) =>
          Uint8Array.from({ length: sizes[axis] }, fed(mask, axis))
        );
      return masks;
    });
  }

  /** Masks for one position of a level; without a position, for all. */
  function marked({ sizes }, at) {
    return sizes.map((size, axis) =>
      at ? new Uint8Array(size).fill(1, at[axis], at[axis] + 1) : new Uint8Array(size).fill(1));
  }

  /** A value as Python writes it; a list of equal numbers as one number. */
  function python(value) {
    if (typeof value === "boolean") return value ? "True" : "False";
    if (value?.class_name) return `layers.${value.class_name}()`; // an activation
    if (!Array.isArray(value)) return JSON.stringify(value ?? null).replace("null", "None");
    const texts = value.map(python);
    return texts.every((text) => text === texts[0] && text[0] !== "(") ? texts[0] : tuple(texts);
  }

  /** A layer as one writes it in Python: `Conv1D(64, 3)`. */
  function call(layer) {
    const [first, named] = kind(layer).settings;
    const written = Object.keys(first).map((key) => python(layer[key] ?? first[key]));
    for (const key of Object.keys(named)) {
      const text = python(layer[key] ?? named[key]);
      const usual = key === "strides" && layer.pool_size ? layer.pool_size : named[key];
      if (![python(usual), "None"].includes(text)) written.push(`${key}=${text}`);
    }
    return `${layer.layer}(${written.join(", ")})`;
  }

  /** The stack as a program; what does not fit stands in it as a comment. */
  function code(shape, layers, { levels, error }) {
    const calls = layers.map((layer) => `layers.${call(layer)}`);
    const lines = [`keras.Input(${tuple(shape)})`, ...calls].map((text, n) => {
      if (levels[n]) return `    ${text},${n ? `  # ${tuple(levels[n].shape)}` : ""}`;
      return `    # ${text}${n === levels.length ? `: ${error}` : ""}`;
    });
    const head = ["import keras", "from keras import layers", "", "model = keras.Sequential(["];
    return [...head, ...lines, "])", ""].join("\n");
  }

  SybilPages.reach = { kind, tuple, spread, product, follow, back, forth, marked, call, code };
})(globalThis);
