// `completion`: prints a script that completes this program's commands, flags and settings in a shell.

import { CopilotError } from "../../../shared/errors.ts";
import { didYouMean } from "../args/nearest.ts";
import { exitCodes } from "../exit-codes.ts";
import { printText } from "../output/output.ts";
import { bashScript } from "../shells/bash.ts";
import { programLine, type ProgramLine } from "../shells/command-line.ts";
import { fishScript } from "../shells/fish.ts";
import { zshScript } from "../shells/zsh.ts";
import type { Verb } from "../verb.ts";

const scripts: ReadonlyMap<string, (line: ProgramLine) => string> = new Map([
  ["bash", bashScript],
  ["zsh", zshScript],
  ["fish", fishScript],
]);

const shells = [...scripts.keys()];

/** `loadVerbs`: every command of the program, this one included. */
export const completionVerb = (loadVerbs: () => Promise<readonly Verb[]>): Verb => ({
  name: "completion",
  words: [1, 1],
  takes: "SHELL",
  choices: shells,
  flags: [],
  usage: ["completion bash|zsh|fish"],
  summary: "print a script for completion in a shell",
  help: [
    "Prints a script that completes commands, flags, settings and file names of copilot-lsp. It is made from the program's own tables, so make it again after an update, or let the shell make it at each start.",
    "bash: add `source <(copilot-lsp completion bash)` to ~/.bashrc. zsh: add `source <(copilot-lsp completion zsh)` to ~/.zshrc, after compinit. fish: see the example.",
  ],
  examples: [
    "source <(copilot-lsp completion bash)",
    "source <(copilot-lsp completion zsh)",
    "copilot-lsp completion fish > ~/.config/fish/completions/copilot-lsp.fish",
  ],
  async run(_ctx, env, args) {
    const [shell = ""] = args.words;
    const script = scripts.get(shell);
    if (script === undefined) {
      throw new CopilotError("bad-request", `There is no completion for the shell ${shell}.`, {
        advice: didYouMean(shell, shells, `There is one for ${shells.join(", ")}.`),
      });
    }
    printText(env, script(programLine(await loadVerbs(), env.settings.entries())));
    return exitCodes.ok;
  },
});
