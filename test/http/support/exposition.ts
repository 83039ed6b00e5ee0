// A strict reader of Prometheus's text format 0.0.4: what a scraper would refuse, or would take with a warning, throws.
// Written from the format's description alone.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPattern = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ""; ) {
    const match = labelPattern.exec(rest);
    if (!match) throw new Error(`not a label: ${rest}`);
    const [whole, name = "", value = ""] = match;
    if (name in labels) throw new Error(`the label ${name} comes twice`);
    labels[name] = value;
    rest = rest.slice(whole.length);
  }
  return labels;
}

function readValue(text: string): number {
  const special: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity, NaN };
  const value = special[text] ?? (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
  if (value === undefined) throw new Error(`not a value: ${text}`);
  return value;
}

export function readExposition(text: string): ReadonlyMap<string, Metric> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const metrics = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current: { name: string; type: string; help: string; samples: Sample[] } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment) {
      const [, kind, name = "", words = ""] = comment;
      if (kind === "HELP") {
        if (metrics.has(name)) throw new Error(`${name} comes twice`);
        current = { name, type: "", help: words, samples: [] };
        metrics.set(name, current);
      } else {
        if (current?.name !== name || current.type !== "") throw new Error(`TYPE of ${name} is out of place`);
        current.type = words;
      }
      continue;
    }
    const match = samplePattern.exec(line);
    if (!match || !current) throw new Error(`not a sample of any metric: ${line}`);
    const [, name = "", labels = "", value = ""] = match;
    const suffix = name.slice(current.name.length);
    const allowed = current.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    if (!name.startsWith(current.name) || !allowed.includes(suffix)) throw new Error(`${name} is out of place`);
    const key = `${name}{${labels}}`;
    if (seen.has(key)) throw new Error(`${key} comes twice`);
    seen.add(key);
    current.samples.push({ name, labels: readLabels(labels), value: readValue(value) });
  }
  for (const metric of metrics.values()) check(metric);
  return metrics;
}

function check({ name, type, help, samples }: Metric): void {
  if (!["counter", "gauge", "histogram"].includes(type)) throw new Error(`${name} has the type ${type}`);
  if (help.trim() === "") throw new Error(`${name} has no help`);
  if ((type === "counter") !== name.endsWith("_total")) throw new Error(`${name} is a ${type}`);
  if (/[A-Z]|_(milliseconds|ms|info_total)$/.test(name)) throw new Error(`${name} is not a usual name`);
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} is below 0`);
  if (type === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const withoutBound = ({ labels }: Sample): string => JSON.stringify({ ...labels, le: "" });
  for (const key of new Set(samples.map(withoutBound))) {
    const own = samples.filter((sample) => withoutBound(sample) === key);
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => readValue(labels["le"] ?? ""));
    const counts = buckets.map(({ value }) => value);
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    const rises = (values: readonly number[]): boolean =>
      values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0));
    if (!rises(bounds) || !rises(counts)) throw new Error(`the buckets of ${name} do not rise`);
    if (bounds.at(-1) !== Infinity || counts.at(-1) !== count) throw new Error(`${name} has no last bucket`);
    if (!own.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}
