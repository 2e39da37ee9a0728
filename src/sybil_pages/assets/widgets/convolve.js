/* What one filter computes: zeros, windows, products and sums, as Keras has them.
   Steps are a picture of one row, so that 1D and 2D are the same arithmetic. */
(function (root) {
  "use strict";

  const SybilPages = (root.SybilPages = root.SybilPages || {});
  const MOST = { input: 4096, kernel: 512 }; // numbers that one can still look at
  const range = (count) => Array.from({ length: count }, (_, index) => index);
  const inside = ({ size }, cell) => cell >= 0 && cell < size;
  const largest = (data) => data.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

  /** How windows lie along one axis: `before` and `after` are zeros, `count` is
      the size of the output. */
  function axis(size, kernel, stride, padding, dilation) {
    const span = (kernel - 1) * dilation + 1;
    const needed = (Math.ceil(size / stride) - 1) * stride + span - size;
    const zeros = { valid: 0, same: Math.max(needed, 0), causal: span - 1 }[padding];
    // A zero without a partner stands behind; causal ones all stand in front.
    const before = padding === "causal" ? zeros : Math.floor(zeros / 2);
    const count = Math.max(Math.floor((size + zeros - span) / stride) + 1, 0);
    return { size, kernel, stride, dilation, span, before, after: zeros - before, count };
  }

  /** Both axes: down and across. */
  function axes({ input, kernel, stride, padding, dilation }) {
    return [0, 1].map((k) =>
      axis(input.shape[k], kernel.shape[k], stride[k], padding, dilation[k])
    );
  }

  /** The cells under window `at`; below 0 and from `size` on lies padding. */
  function taps({ kernel, stride, before, dilation }, at) {
    return range(kernel).map((tap) => at * stride - before + tap * dilation);
  }

  /** The cells of an axis that no window reaches. */
  function unreached(line) {
    const seen = range(line.count).flatMap((at) => taps(line, at));
    return range(line.size).filter((cell) => !seen.includes(cell));
  }

  /** Where a cell's number stands in the data. */
  function place({ shape: [, columns, channels] }, { row, column, channel }) {
    return (row * columns + column) * channels + channel;
  }

  /** Where the weight on a tap stands: a convolution turns the kernel. */
  function weightOn({ kernel, operation }, tap) {
    if (operation !== "convolution") return place(kernel, tap);
    const [row, column] = [kernel.shape[0] - 1 - tap.row, kernel.shape[1] - 1 - tap.column];
    return place(kernel, { ...tap, row, column });
  }

  /** The products of one cell of the output: channel by channel, row by row. */
  function products(problem, { row, column }) {
    const { input, kernel } = problem;
    const [down, across] = axes(problem);
    const [rows, columns] = [taps(down, row), taps(across, column)];
    return range(kernel.data.length).map((index) => {
      const channel = Math.floor(index / (rows.length * columns.length));
      const tap = { row: Math.floor(index / columns.length) % rows.length, channel };
      tap.column = index % columns.length;
      const cell = { row: rows[tap.row], column: columns[tap.column], channel };
      const padding = !inside(down, cell.row) || !inside(across, cell.column);
      const value = padding ? 0 : input.data[place(input, cell)];
      const at = weightOn(problem, tap);
      const weight = kernel.data[at];
      return { ...cell, padding, value, at, weight, product: value * weight };
    });
  }

  /** The whole output, with one channel. */
  function convolve(problem) {
    const [rows, columns] = axes(problem).map(({ count }) => count);
    const data = range(rows * columns).map((at) =>
      products(problem, { row: Math.floor(at / columns), column: at % columns }).reduce(
        (sum, { product }) => sum + product,
        problem.bias.data[0] || 0
      )
    );
    return { shape: [rows, columns, 1], data };
  }

  /** The cells of the output that a cell of the input feeds, each with its weight. */
  function fed(problem, { row, column, channel }) {
    const [rows, columns] = axes(problem).map((line, k) =>
      range(line.count)
        .map((at) => ({ at, tap: taps(line, at).indexOf(k ? column : row) }))
        .filter(({ tap }) => tap >= 0)
    );
    const one = (r, c) => {
      const at = weightOn(problem, { row: r.tap, column: c.tap, channel });
      return { row: r.at, column: c.at, weight: problem.kernel.data[at] };
    };
    return rows.flatMap((r) => columns.map((c) => one(r, c)));
  }

  /** Do so many decimals write all these numbers? */
  function exact(data, digits) {
    const least = 1e-6 * Math.min(largest(data), 1);
    return data.every((value) => Math.abs(value - value.toFixed(digits)) <= least);
  }

  /** How many decimals to write: at most two, or more where all numbers are small. */
  function decimals(data) {
    const most = Math.min(Math.max(2, 1 - Math.floor(Math.log10(largest(data) || 1))), 12);
    return range(most).find((digits) => exact(data, digits)) ?? most;
  }

  /* ---- What the page gives ---- */

  const refuse = (sentence) => {
    throw new Error(sentence);
  };

  /** The page's values as a problem. The message of an Error is for the reader. */
  function read(values) {
    const [input, kernel] = [array(values.input, "input"), array(values.kernel, "kernel")];
    const flat = isFlat(values.dimensions, input.shape, kernel.shape);
    const problem = {
      flat,
      input: spread(input, flat, "input"),
      kernel: spread(kernel, flat, "kernel"),
      bias: { shape: [1, 1, 1], data: array([values.bias ?? []].flat(), "bias").data },
      padding: oneOf(values.padding, ["valid", "same", ...(flat ? ["causal"] : [])]),
      operation: oneOf(values.operation, ["cross-correlation", "convolution"]),
      stride: pair(values.stride, flat),
      dilation: pair(values.dilation, flat),
    };
    if (problem.bias.data.length > 1) refuse("One kernel has one bias: give one number.");
    if (problem.input.shape[2] !== problem.kernel.shape[2])
      refuse("The kernel needs as many channels as the input.");
    return problem;
  }

  /** Nested lists, or `{shape, data}`, as `{shape, data}` with plain numbers. */
  function array(value, name) {
    if (value && value.shape) return { shape: [...value.shape], data: [...value.data] };
    const shape = [];
    for (let one = value; Array.isArray(one); one = one[0]) shape.push(one.length);
    const data = [value].flat(Infinity).map(Number);
    if (data.length === shape.reduce((all, size) => all * size, 1) && data.every(Number.isFinite))
      return { shape, data };
    return refuse(`The ${name} is no array of numbers.`);
  }

  /** Is it 1D? Told, or else seen from the shapes. */
  function isFlat(dimensions, input, kernel) {
    if (dimensions) return dimensions === 1;
    if (input.length === 1 || kernel.length === 1) return true;
    // (steps, channels) and (size, channels, 1)
    return input.length === 2 && kernel.length === 3 && kernel[1] === input[1];
  }

  /** An array with three axes: rows, columns, channels. */
  function spread({ shape, data }, flat, name) {
    const full = flat ? [1, ...shape] : [...shape];
    if (full.length === 2) full.push(1);
    if (name === "kernel" && full.length === 4 && full[3] === 1) full.pop();
    const most = MOST[name];
    if (full.length === 3 && data.length && data.length <= most) return { shape: full, data };
    const size = `${flat ? 1 : 2}D ${name} of shape (${shape.join(", ")})`;
    return refuse(`A ${size} cannot be shown: give one, of at most ${most} numbers.`);
  }

  function oneOf(value, known) {
    const found = String(value ?? known[0]).toLowerCase();
    return known.includes(found) ? found : refuse(`${value} is none of ${known.join(", ")}.`);
  }

  function pair(value, flat) {
    const { data } = array([value ?? 1].flat(), "stride or dilation");
    if (!data.every((n) => Number.isInteger(n) && n > 0) || data.length > 2 - flat)
      refuse(`A stride or dilation of ${value}: give a whole number from 1 up.`);
    return [flat ? 1 : data[0], data.at(-1)];
  }

  /** What is wrong with the output that the page computed; empty: nothing. */
  function disagreement(problem, given) {
    const { input, kernel } = problem;
    const [ours, theirs] = [convolve(problem), array(given, "output")];
    const sizes = ({ shape }) => shape.filter((size) => size !== 1).join(" × ") || "1";
    if (sizes(ours) !== sizes(theirs))
      return `The page's output is ${sizes(theirs)}, but here it is ${sizes(ours)}.`;
    // Rounding errors grow with what was added up, not only with what is left of it.
    const scale = Math.max(largest(ours.data), largest(input.data) * largest(kernel.data));
    const gap = largest(ours.data.map((value, at) => value - theirs.data[at]));
    if (gap <= 1e-6 * scale) return "";
    return `The page's output differs from this one by up to ${gap.toPrecision(2)}.`;
  }

  SybilPages.convolution = {
    ...{ range, inside, axes, taps, unreached, place, products, convolve, fed },
    ...{ largest, exact, decimals, read, disagreement },
  };
})(globalThis);
