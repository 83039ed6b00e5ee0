// Draws screens of a terminal as one SVG: each a frame with a caption above it, two beside one another.

import { readStyledText, type Run } from "./styled-text.ts";

export interface Frame {
  readonly caption: string;
  /** With escape sequences. */
  readonly text: string;
  readonly columns: number;
  readonly rows: number;
  readonly cursor: { readonly column: number; readonly row: number };
}

const cell = { width: 7.2, height: 15 };
const fontSize = 12;
const margin = 16;
const captionHeight = 26;
const ground = "#1e1e1e";
const ink = "#d4d4d4";

export function drawFrames(frames: readonly Frame[]): string {
  const width = Math.max(...frames.map(({ columns }) => columns)) * cell.width + 2 * margin;
  const height = Math.max(...frames.map(({ rows }) => rows)) * cell.height + captionHeight + margin;
  const across = Math.min(frames.length, 2);
  const size = [width * across, height * Math.ceil(frames.length / across)].map(Math.ceil);
  const drawn = frames.map((frame, index) => {
    const place = `translate(${round((index % across) * width)} ${round(Math.floor(index / across) * height)})`;
    return `<g transform="${place}">\n${drawFrame(frame)}\n</g>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(" ")}" width="${size[0]}" height="${size[1]}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" role="img">`,
    `<title>${escape(frames.map(({ caption }) => caption).join("; "))}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...drawn,
    "</svg>",
  ].join("\n")}\n`;
}

function drawFrame({ caption, text, columns, rows, cursor }: Frame): string {
  const lines = readStyledText(text).slice(0, rows);
  return [
    `<text x="${margin}" y="18" fill="#8b949e" font-family="system-ui, sans-serif">${escape(caption)}</text>`,
    `<g transform="translate(${margin} ${captionHeight})">`,
    `<rect width="${round(columns * cell.width)}" height="${rows * cell.height}" fill="${ground}"/>`,
    ...lines.flatMap((runs, row) => drawLine(runs, row)),
    `<rect x="${round(cursor.column * cell.width)}" y="${cursor.row * cell.height}" width="${cell.width}" height="${cell.height}" fill="${ink}" fill-opacity="0.5"/>`,
    "</g>",
  ].join("\n");
}

function drawLine(runs: readonly Run[], row: number): readonly string[] {
  let column = 0;
  return runs.flatMap(({ text, style }) => {
    const x = round(column * cell.width);
    // All that is drawn here is one column wide and one unit of UTF-16 long.
    const width = round(text.length * cell.width);
    column += text.length;
    const [color, background] = style.isReversed
      ? [style.background ?? ground, style.color ?? ink]
      : [style.color ?? ink, style.background];
    const parts: string[] = [];
    if (background !== undefined) {
      parts.push(
        `<rect x="${x}" y="${row * cell.height}" width="${width}" height="${cell.height}" fill="${background}"/>`,
      );
    }
    if (text.trim() !== "") {
      const attributes = [
        `x="${x}" y="${row * cell.height + 11.5}" textLength="${width}" fill="${color}"`,
        style.isBold ? 'font-weight="bold"' : "",
        style.isDim ? 'opacity="0.6"' : "",
        style.isItalic ? 'font-style="italic"' : "",
        style.isUnderlined ? 'text-decoration="underline"' : "",
      ];
      parts.push(
        `<text ${attributes.filter((each) => each !== "").join(" ")} xml:space="preserve">${escape(text)}</text>`,
      );
    }
    return parts;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
