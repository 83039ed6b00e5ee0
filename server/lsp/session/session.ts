// One session's state and its steps: the client is known, the core opens, the client is ready.

import type { Ctx } from "../../../shared/context.ts";
import { createAcceptance } from "../suggestions/acceptance.ts";
import { type Client, readClient } from "./client.ts";
import { createLazyCore } from "./lazy-core.ts";
import { createDocuments } from "../documents/documents.ts";
import type { Editor } from "./editor.ts";
import { configurationSections, createEditorSettings } from "./editor-settings.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { createBufferedObserver } from "./buffered-observer.ts";
import { startHints } from "../next-edits/hints.ts";
import { createChangeWatch } from "../next-edits/last-change.ts";
import { createOffers } from "../suggestions/offers.ts";
import type { ParentWatch } from "./parent-watch.ts";
import { createSignInGuide } from "../account/sign-in-guide.ts";
import { startQuotaNotices } from "../account/quota-notices.ts";
import { withHeadline } from "../account/report-text.ts";
import { startStatusNotices } from "../account/status-notices.ts";
import { createSuggestionFeedback } from "../suggestions/suggestion-feedback.ts";
import type { LspSettings } from "../settings.ts";
import type { LspServerDeps, Session } from "../types.ts";
import { createWorkspace } from "./workspace.ts";

export interface SessionDeps
  extends Pick<LspServerDeps, "clock" | "log" | "newId" | "version" | "applyEditorSettings" | "identify" | "openCore"> {
  readonly lifecycle: Lifecycle;
  readonly editor: Editor;
  readonly parentWatch: ParentWatch;
}

export function createSession(deps: SessionDeps, settings: () => LspSettings): Session {
  const { log, lifecycle, editor } = deps;
  const workspace = createWorkspace();
  const observer = createBufferedObserver();
  const changes = createChangeWatch(observer);
  const editorSettings = createEditorSettings();
  const lazyCore = createLazyCore({ log });
  const offers = createOffers();
  const acceptance = createAcceptance({ core: lazyCore.peek, log });
  const toldProblems = new Set<string>();
  let client: Client = readClient({}, "");
  let inForce = "";
  let untold: string[] = [];
  let isAnswered = false;
  let isReady = false;

  /** Not before `initialize` is answered: until then the editor gets nothing else, as with log lines. */
  const tellProblems = (): void => {
    if (!isAnswered) return;
    for (const message of untold) {
      if (toldProblems.has(message)) continue;
      toldProblems.add(message);
      log.warn("a setting of the editor was refused", { message });
      editor.showMessage("warning", `copilot-lsp: ${message}.`);
    }
    untold = [];
  };
  const applySettings = (): void => {
    const json = editorSettings.current();
    const text = JSON.stringify(json);
    if (text === inForce) return;
    inForce = text;
    untold.push(...deps.applyEditorSettings(json).map(({ message }) => message));
    tellProblems();
  };
  const tellStatus = (): void => {
    const core = lazyCore.peek();
    if (!core || !isReady || lifecycle.phase() !== "running") return;
    const announceSignIn = (): boolean => settings().announceSignIn;
    const stop = startStatusNotices(core, { editor, profile: client.profile, announceSignIn });
    const stops = [
      stop,
      core.onQuotaWarning((message) => editor.showMessage("warning", withHeadline(message))),
      ...(client.profile.wantsQuota ? [startQuotaNotices(core, editor)] : []),
    ];
    for (const each of stops) lifecycle.signal.addEventListener("abort", each, { once: true });
  };
  const pullConfiguration = async (): Promise<void> => {
    const answers = await editor.configuration(configurationSections);
    if (answers === undefined || lifecycle.phase() !== "running") return;
    editorSettings.setPulled(answers);
    applySettings();
  };

  const session: Session = {
    clock: deps.clock,
    log,
    version: deps.version,
    lifecycle,
    documents: createDocuments({
      log,
      observer: changes.observer,
      relativePath: workspace.relativePath,
      otherNames: workspace.otherNames,
      filePath: workspace.filePath,
    }),
    focus: observer.focused,
    lastChange: changes.last,
    workspace,
    offers,
    acceptance,
    feedback: createSuggestionFeedback(offers, acceptance),
    editor,
    editorSettings,
    signInGuide: createSignInGuide({ editor, client: () => client, signal: lifecycle.signal }),
    settings,
    client: () => client,
    begin(params) {
      editorSettings.setInitial(params["initializationOptions"]);
      applySettings();
      client = readClient(params, settings().profile);
      const { identity } = client;
      deps.identify(identity);
      workspace.begin(params);
      lifecycle.begin();
      if (client.processId !== undefined) deps.parentWatch.start(client.processId);
      log.info("an editor connected", {
        editor: identity.editorName || undefined,
        version: identity.editorVersion || undefined,
        plugin: identity.pluginName,
        profile: client.profile.name,
      });
      lazyCore.open(
        () => {
          editor.openLog();
          isAnswered = true;
          tellProblems();
          return deps.openCore(workspace.folder());
        },
        (core) => {
          observer.follow(core.documents);
          tellStatus();
        },
      );
    },
    ready() {
      if (isReady) return;
      isReady = true;
      tellStatus();
      if (client.registersConfiguration) {
        const section = configurationSections;
        void editor.register(deps.newId(), "workspace/didChangeConfiguration", { section });
      }
      session.pullConfiguration();
    },
    core: (ctx: Ctx) => lazyCore.get(ctx),
    identify: deps.identify,
    applySettings,
    pullConfiguration() {
      if (client.answersConfiguration && isReady) void pullConfiguration();
    },
  };
  startHints(session, changes, deps.newId, log);
  return session;
}
