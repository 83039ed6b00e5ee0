// Counters, gauges and histograms in memory, and their text for Prometheus (text exposition format 0.0.4). Knows
// nothing of what is counted; costs an addition for each event and nothing in between.

type Labels = Readonly<Record<string, string>>;

/** With labels of its own, found once: what is counted in every request is not looked up every time. */
export interface Adder {
  add(amount: number): void;
}

export interface Counter {
  /** Shown once something was added with these labels. Once for each set of labels. */
  labelled(labels: Labels): Adder;
}

/** As `Adder`. */
export interface Observer {
  observe(value: number): void;
}

export interface Histogram {
  /** As `Counter.labelled`. */
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
      const sums = new Set<{ readonly labels: Labels; value: number }>();
      metrics.push(() => [
        ...head(name, help, "counter"),
        ...[...sums].map(({ labels, value }) => `${name}${written(labels)} ${value}`),
      ]);
      return {
        labelled(labels) {
          const sum = { labels, value: 0 };
          return {
            add(amount) {
              sums.add(sum);
              sum.value += amount;
            },
          };
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
      const spreads = new Set<{ readonly labels: Labels; readonly spread: Spread }>();
      metrics.push(() => [
        ...head(name, help, "histogram"),
        ...[...spreads].flatMap(({ labels, spread }) => {
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
          const spread = { counts: bounds.map(() => 0), count: 0, sum: 0 };
          const labelledSpread = { labels, spread };
          return {
            observe(value) {
              spreads.add(labelledSpread);
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
