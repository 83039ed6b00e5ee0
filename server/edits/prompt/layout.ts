// Puts the sections of a prompt in their order, for one strategy.

import type { ChatMessage } from "../service.ts";
import type { Strategy } from "../strategies.ts";
import type { PromptInputs } from "./inputs.ts";
import { closingTexts, systemTexts } from "./instructions.ts";
import { areaSection, currentFileSection, cursorSection, historySection, recentFilesSection } from "./sections.ts";

export function messagesFor(strategy: Strategy, inputs: PromptInputs): readonly ChatMessage[] {
  return [
    { role: "system", content: systemTexts[strategy.system] },
    {
      role: "user",
      content: [body(strategy, inputs), closing(strategy, inputs)].filter((part) => part !== "").join("\n\n"),
    },
  ];
}

function body(strategy: Strategy, inputs: PromptInputs): string {
  const { recentNumbering, fileNumbering, isAreaMarkedInFile, isFenced } = strategy;
  const sections = [
    recentFilesSection(inputs.recentFiles, recentNumbering),
    currentFileSection(inputs, fileNumbering, isAreaMarkedInFile),
    historySection(inputs.edits),
    ...placeSections(strategy, inputs),
  ].join("\n\n");
  return isFenced ? `\`\`\`\n${sections}\n\`\`\`` : sections;
}

function placeSections({ place, fileNumbering }: Strategy, { at }: PromptInputs): readonly string[] {
  switch (place) {
    case "area":
      return [areaSection(at)];
    case "cursor":
      return [cursorSection(at, fileNumbering)];
    case "none":
      return [];
  }
}

function closing({ closing: name, aggressiveness }: Strategy, inputs: PromptInputs): string {
  const level = inputs.aggressiveness;
  const isTold = aggressiveness === "always" || (aggressiveness === "not-medium" && level !== "medium");
  const tag = isTold ? `<|aggressive|>${level}<|/aggressive|>` : "";
  return [closingTexts[name](inputs), tag].filter((part) => part !== "").join("\n");
}
