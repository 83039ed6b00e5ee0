// The configuration for the plugin copilot.vim in Vim. The plugin is in no package registry, so what is tried here is what
// it relies on: that Vim finds the program, can read it, starts it and hears what the plugin waits for. The rest of what
// it says is walked in `test/lsp/dialects.test.ts`.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { eventually } from "../../support/eventually.ts";

const here = import.meta.dirname;
const configuration = resolve(here, "../../../shared/editors/vim-copilot-plugin.vim");
const initialize = resolve(here, "../../fixtures/initialize/vim-copilot.vim.json");

let home: EditorHome;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(() => home.close());

test("Vim starts the server as the plugin does, is told who is signed in, and takes the server with it", async () => {
  const params = home.path("initialize.json");
  const { processId: _gone, ...rest } = JSON.parse(readFileSync(initialize, "utf8"));
  writeFileSync(params, JSON.stringify(rest));
  const answers = home.path("answers.json");
  await promisify(execFile)(
    editorProgram("vim"),
    ["-N", "-es", "-i", "NONE", "-u", configuration, "-S", resolve(here, "start-as-plugin.vim")],
    {
      env: { ...home.environment, INITIALIZE: params, ANSWERS: answers },
      cwd: home.folder,
      timeout: 45_000,
      killSignal: "SIGKILL",
    },
  );
  const [initialized, status, version, processId] = JSON.parse(readFileSync(answers, "utf8"));
  // Without it the plugin takes the server for one that did not start.
  expect(initialized.result.serverInfo).toEqual({ name: "copilot-lsp", version: version.result.version });
  expect(status.result).toEqual({ status: "OK", user: "octocat" });
  const log = (): string => readFileSync(home.path("copilot-lsp.log"), "utf8");
  await eventually(() => expect(log()).toMatch(/an editor connected .*copilot\.vim/));
  await vi.waitFor(() => expect(() => process.kill(processId, 0)).toThrow("ESRCH"), { timeout: 10_000 });
});
