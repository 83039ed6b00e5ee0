// Counters, gauges and histograms in memory, and their text for Prometheus (text exposition format 0.0.4). Knows
// nothing of what is counted; costs an addition for each event and nothing in between.

type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels: Labels, amount?: number): void;
}

/** With labels of its own, found once: what is timed in every request is not looked up every time. */
export interface Observer {
  observe(value: number): void;
}

export interface Histogram {
  /** Shown once something was observed with these labels. */
  labelled(labels: Labels): Observer;
}

/** One value of a gauge that is read when it is asked for. */
export interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

export interface Registry {
  /** `name` ends in `_total`. */
  counter(name: string, help: string): Counter;
  /** `read` is called at each exposition. */
  gauge(name: string, help: string, read: () => readonly Reading[]): void;
  /** `bounds`: upper ends of the buckets, ascending, without infinity. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** Everything, one metric after the other. */
  expose(): string;
}

interface Spread {
  readonly counts: number[];
  count: number;
  sum: number;
}

export function createRegistry(): Registry {
  const metrics: (() => readonly string[])[] = [];
  const head = (name: string, help: string, type: string): readonly string[] => [
    `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
    `# TYPE ${name} ${type}`,
  ];

  return {
    counter(name, help) {
      const sums = new Map<string, { readonly labels: Labels; value: number }>();
      metrics.push(() => [
        ...head(name, help, "counter"),
        ...[...sums.values()].map(({ labels, value }) => `${name}${written(labels)} ${value}`),
      ]);
      return {
        add(labels, amount = 1) {
          const key = keyOf(labels);
          const known = sums.get(key);
          if (known) known.value += amount;
          else sums.set(key, { labels, value: amount });
        },
      };
    },
    gauge(name, help, read) {
      metrics.push(() => [
        ...head(name, help, "gauge"),
        ...read().map(({ labels, value }) => `${name}${written(labels)} ${numeral(value)}`),
      ]);
    },
    histogram(name, help, bounds) {
      const spreads = new Map<string, { readonly labels: Labels; readonly spread: Spread }>();
      metrics.push(() => [
        ...head(name, help, "histogram"),
        ...[...spreads.values()].flatMap(({ labels, spread }) => {
          let below = 0;
          const buckets = bounds.map((bound, index) => {
            below += spread.counts[index] ?? 0;
            return `${name}_bucket${written({ ...labels, le: String(bound) })} ${below}`;
          });
          return [
            ...buckets,
            `${name}_bucket${written({ ...labels, le: "+Inf" })} ${spread.count}`,
            `${name}_sum${written(labels)} ${numeral(spread.sum)}`,
            `${name}_count${written(labels)} ${spread.count}`,
          ];
        }),
      ]);
      return {
        labelled(labels) {
          const key = keyOf(labels);
          const spread = { counts: bounds.map(() => 0), count: 0, sum: 0 };
          return {
            observe(value) {
              if (spread.count === 0) spreads.set(key, { labels, spread });
              let place = 0;
              while (place < bounds.length && value > (bounds[place] ?? 0)) place += 1;
              if (place < bounds.length) spread.counts[place] = (spread.counts[place] ?? 0) + 1;
              spread.count += 1;
              spread.sum += value;
            },
          };
        },
      };
    },
    expose: () => `${metrics.flatMap((lines) => lines()).join("\n")}\n`,
  };
}

/** Tells labels apart. Made for each event, so it is plainer than what is shown. */
function keyOf(labels: Labels): string {
  let key = "";
  for (const name in labels) key += `${name}=${labels[name]}\n`;
  return key;
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function numeral(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
