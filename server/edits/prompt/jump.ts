// The prompt that asks a model for the line that has to change next, and its answer.

import type { EditDiagnostic } from "../../../shared/edits.ts";
import type { ChatMessage } from "../service.ts";
import type { PromptInputs } from "./inputs.ts";
import { systemTexts } from "./instructions.ts";
import { areaSection, currentFileSection, historySection, recentFilesSection, section } from "./sections.ts";

const maxDiagnostics = 5;
/** Above and below the cursor. */
const nearLines = 1_000;

export function jumpMessages(inputs: PromptInputs): readonly ChatMessage[] {
  const sections = [
    recentFilesSection(inputs.recentFiles, "none"),
    currentFileSection(inputs, "bar-space", false),
    section("linter", [problems(inputs).join("\n")]),
    historySection(inputs.edits),
    areaSection(inputs.at),
  ].join("\n\n");
  return [
    { role: "system", content: systemTexts.jump },
    { role: "user", content: `\`\`\`\n${sections}\n\`\`\`` },
  ];
}

/** The nearest ones; warnings only where there are no errors. */
function problems({ diagnostics, at, file }: PromptInputs): readonly string[] {
  const near = diagnostics.filter(({ startLine }) => Math.abs(startLine - at.cursor.line) <= nearLines);
  const errors = near.filter(({ severity }) => severity === "error");
  return [...(errors.length > 0 ? errors : near)]
    .sort((one, other) => Math.abs(one.startLine - at.cursor.line) - Math.abs(other.startLine - at.cursor.line))
    .slice(0, maxDiagnostics)
    .map((found) => [headOf(found), ...linesAround(found, file)].join("\n"));
}

function headOf({ startLine, severity, source, code, message }: EditDiagnostic): string {
  const name = [source, code].filter((part) => part !== undefined).join(" ");
  return `line ${startLine}: ${severity}${name === "" ? "" : ` ${name}`}: ${message}`;
}

function linesAround({ startLine, endLine }: EditDiagnostic, file: PromptInputs["file"]): readonly string[] {
  const first = Math.max(file.start, startLine - 1);
  return file.lines
    .slice(first - file.start, Math.max(0, endLine + 2 - file.start))
    .map((line, index) => `${first + index}| ${line}`);
}

/** The line that an answer names; undefined for "nowhere", another file, and what is no answer. */
export function jumpLine(answer: string, { file, at }: PromptInputs): number | undefined {
  const words = answer.replaceAll(/<think>[\s\S]*?(?:<\/think>|$)/g, "").trim();
  if (!/^\d{1,9}$/.test(words)) return undefined;
  const line = Number(words);
  const isShown = line >= file.start && line < file.start + file.lines.length;
  const isInWindow = line >= at.window.start && line < at.window.end;
  return isShown && !isInWindow ? line : undefined;
}
