// Reads text with escape sequences for colour and attributes, as tmux writes a screen. Source: ECMA-48, section 8.3.117
// (SGR); the colours 38 and 48 are those of ISO 8613-6, as terminals have them.

export interface Style {
  /** `#rrggbb`; absent: the terminal's own. */
  readonly color?: string;
  readonly background?: string;
  readonly isBold?: boolean;
  readonly isDim?: boolean;
  readonly isItalic?: boolean;
  readonly isUnderlined?: boolean;
  readonly isReversed?: boolean;
}

export interface Run {
  readonly text: string;
  readonly style: Style;
}

// The sixteen colours have no values of their own; these are those of xterm's successors on a dark ground.
const sixteen =
  "#1e1e1e #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #d4d4d4 #7f848e #f08891 #b5dd9b #f4d79b #84c4ff #dda2ec #7fd1dc #ffffff".split(
    " ",
  );
// xterm: a cube of six steps a channel, then 24 shades of grey.
const cubeSteps = [0, 95, 135, 175, 215, 255];

const attributes: Readonly<Record<string, Style>> = {
  1: { isBold: true },
  2: { isDim: true },
  3: { isItalic: true },
  4: { isUnderlined: true },
  7: { isReversed: true },
  22: { isBold: false, isDim: false },
  23: { isItalic: false },
  24: { isUnderlined: false },
  27: { isReversed: false },
  39: { color: undefined },
  49: { background: undefined },
};

function colorOf(index: number): string {
  if (index < 16) return sixteen[index] ?? "#000000";
  if (index >= 232) return hex([0, 0, 0].map(() => 8 + (index - 232) * 10));
  const cube = index - 16;
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => cubeSteps[step] ?? 0));
}

function hex(channels: readonly number[]): string {
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** One list of runs a line. A style goes on over line ends. */
export function readStyledText(text: string): readonly (readonly Run[])[] {
  let style: Style = {};
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const runs: Run[] = [];
      // The text before each sequence, and the sequence's parameters.
      // oxlint-disable-next-line no-control-regex -- that is what a sequence begins with
      for (const [, plain = "", parameters] of line.matchAll(/([^\u001b]*)(?:\u001b\[([\d;:]*)m)?/g)) {
        if (plain !== "") runs.push({ text: plain, style });
        if (parameters !== undefined) style = applied(style, parameters);
      }
      return runs;
    });
}

function applied(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(";");
  while (codes.length > 0) {
    const code = codes.shift() ?? "";
    if (code === "38") style = { ...style, color: takeColor(codes) };
    else if (code === "48") style = { ...style, background: takeColor(codes) };
    else style = code === "" || code === "0" ? {} : { ...style, ...attributeOf(code) };
  }
  return style;
}

/** `5;INDEX` or `2;R;G;B`, which it takes off the codes. */
function takeColor(codes: string[]): string {
  if (codes.shift() === "5") return colorOf(Number(codes.shift()));
  return hex(codes.splice(0, 3).map(Number));
}

function attributeOf(code: string): Style {
  const number = Number(code);
  if (number >= 30 && number <= 37) return { color: colorOf(number - 30) };
  if (number >= 90 && number <= 97) return { color: colorOf(number - 90 + 8) };
  if (number >= 40 && number <= 47) return { background: colorOf(number - 40) };
  if (number >= 100 && number <= 107) return { background: colorOf(number - 100 + 8) };
  // `4:3` is a curly underline, `4:0` none.
  if (/^4:\d$/.test(code)) return { isUnderlined: code !== "4:0" };
  return attributes[code] ?? {};
}
