// Tries a completion, and shows what would be sent for it.

import type { CompleteReply } from "../../../../shared/http.ts";
import type { PagePrompt } from "../../../../shared/page.ts";
import { textOf } from "./account.ts";
import { element, find } from "./elements.ts";
import type { Server } from "./server.ts";

export function startTryCompletion(server: Server): void {
  const place = find("tried", HTMLElement);
  const body = () => ({
    prompt: find("before", HTMLTextAreaElement).value,
    suffix: find("after", HTMLTextAreaElement).value,
    language: find("language", HTMLInputElement).value.trim(),
    lines: "auto",
  });
  const show = (...parts: readonly (readonly [string, string])[]): void =>
    place.replaceChildren(
      ...parts.flatMap(([title, text]) => [
        element("h3", {}, title),
        element("pre", { tabindex: "0", "aria-label": title }, text),
      ]),
    );
  const run = async (work: () => Promise<void>): Promise<void> => {
    place.textContent = "Asking.";
    try {
      await work();
    } catch (error) {
      place.replaceChildren(element("p", { class: "bad" }, textOf(error)));
    }
  };
  const complete = async (): Promise<void> => {
    const startedMs = performance.now();
    const { text, model, source, reason } = await server.ask<CompleteReply>("/complete", body());
    const took = `${Math.round(performance.now() - startedMs)} ms`;
    if (reason === undefined) show([`Answer of ${model ?? "the service"}, from ${source}, in ${took}`, text]);
    else
      place.replaceChildren(
        element("p", {}, `Nothing, after ${took}: ${reason}. The list of requests says what that means.`),
      );
  };
  const preview = async (): Promise<void> => {
    const { body: sent, model, meaning, secrets } = await server.ask<PagePrompt>("/page/prompt", body());
    const { prompt, suffix } = sent as { prompt?: unknown; suffix?: unknown };
    const isSent = meaning === undefined ? "" : ` (would not be sent: ${meaning})`;
    const replaced = secrets ? `, with ${secrets.length} secrets replaced` : "";
    show(
      ...(typeof prompt === "string"
        ? [[`Prompt for ${model ?? "the default model"}${replaced}${isSent}`, prompt] as const]
        : []),
      ...(typeof suffix === "string" && suffix !== "" ? [["Suffix", suffix] as const] : []),
      ["Whole body of the request", JSON.stringify(sent, undefined, 2)],
    );
  };
  find("try", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void run(complete);
  });
  find("show", HTMLButtonElement).addEventListener("click", () => void run(preview));
}
