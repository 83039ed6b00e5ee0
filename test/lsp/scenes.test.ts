// The scenes of `test/completion/fixtures`, as editors play them: asked for by every method, under every profile, with
// other line ends and indentation, and after a part of the suggestion was typed. The text after it was taken is compared.

import { describe, expect, it } from "vitest";
import { clientProfiles } from "../../server/lsp/session/client-profiles.ts";
import { type FittingCase, readFittingCases } from "../completion/support/postprocess-cases.ts";
import { cursor } from "../completion/support/requests.ts";
import { type EditingSession, openEditingSession, type Scene, typed } from "./support/editing-session.ts";
import type { Text, Way } from "./support/take-suggestion.ts";

const ways: readonly Way[] = ["inlineCompletion", "inlineCompletion cursor", "getCompletions", "copilot/complete"];
const textOf = (marked: string): Text => {
  const [before = "", after = ""] = marked.split(cursor);
  return { before, after };
};

// A program's requests do not come by these methods.
const cases = readFittingCases().filter(({ trigger }) => trigger !== "script");

const crlf = (text: string): string => text.replaceAll(/\r?\n/g, "\r\n");
// A document of one line has no line ends to tell.
const withLineEnds = (one: FittingCase): FittingCase => {
  const start = one.document.includes("\n") ? "" : "\r\n";
  return {
    ...one,
    document: start + crlf(one.document),
    becomes: one.becomes === undefined ? undefined : start + crlf(one.becomes),
  };
};

/** With tabs where there were spaces; undefined where the indentation is not of one width. */
function withTabs(one: FittingCase): FittingCase | undefined {
  const texts = [one.document, ...one.answers, one.becomes ?? ""];
  const widths = texts.flatMap((text) => [...text.matchAll(/^( *)(\t?)/gm)]);
  if (one.indentation || widths.some(([, , tab]) => tab !== "")) return undefined;
  const lengths = widths.map(([, spaces = ""]) => spaces.length).filter((length) => length > 0);
  const unit = Math.min(...lengths);
  if (unit < 2 || lengths.length === 0 || lengths.some((length) => length % unit !== 0)) return undefined;
  const tabbed = (text: string): string => text.replaceAll(/^ +/gm, (spaces) => "\t".repeat(spaces.length / unit));
  // Where it goes on in a line, what it begins with is no indentation.
  const goesOn = (/[^\n]*$/.exec(textOf(one.document).before)?.[0] ?? "").trim() !== "";
  const tabbedAnswer = (text: string): string => {
    const start = goesOn ? (/^ */.exec(text)?.[0] ?? "") : "";
    return start + tabbed(text.slice(start.length));
  };
  return {
    ...one,
    document: tabbed(one.document),
    answers: one.answers.map(tabbedAnswer),
    becomes: one.becomes === undefined ? undefined : tabbed(one.becomes),
  };
}

const variants: Readonly<Record<string, (one: FittingCase) => FittingCase | undefined>> = {
  "as written": (one) => one,
  "with CRLF": withLineEnds,
  "with tabs": withTabs,
  "with tabs and CRLF"(one) {
    const tabbed = withTabs(one);
    return tabbed && withLineEnds(tabbed);
  },
};

// A shorter document is not worth a request.
const minChars = 10;

const sceneOf = ({ document, languageId, indentation, lines }: FittingCase): Scene => ({
  ...textOf(document),
  languageId,
  indentation,
  lines,
});

/** Keys up to the first line break, all of it but the last one at most: there would be nothing left to take. */
function typedParts(text: string): readonly string[] {
  const line = text.split(/\r?\n/, 1)[0] ?? "";
  const most = Math.min(line.length, text.trimEnd().length - 1);
  const lengths = [1, Math.ceil(most / 2), most].filter((length) => length > 0 && length <= most);
  return [...new Set(lengths)].map((length) => line.slice(0, length));
}

/** The difference to what is wanted, once the suggestion was taken after each part of it was typed. */
async function playTyping(session: EditingSession, one: FittingCase): Promise<string | undefined> {
  const { scene, wanted } = staged(one);
  session.say(...one.answers);
  const first = session.open(scene);
  const taken = await first.accept("inlineCompletion cursor");
  first.close();
  if (!taken?.before.startsWith(scene.before)) return undefined;
  for (const part of typedParts(taken.before.slice(scene.before.length))) {
    session.say(...one.answers);
    const open = session.open(scene);
    await open.accept("inlineCompletion");
    // Another request would bring something else.
    session.say("");
    let text: Text = scene;
    for (const key of part) {
      text = typed(text, key);
      open.become(text);
    }
    // Nothing is offered where the editor's own brackets have completed it.
    const found = (await open.accept("inlineCompletion")) ?? text;
    open.close();
    const difference = differenceOf(one, wanted, found);
    if (difference !== undefined) return `after ${JSON.stringify(part)}, ${difference}`;
  }
  return undefined;
}

async function play(session: EditingSession, one: FittingCase, way: Way): Promise<string | undefined> {
  const { scene, wanted } = staged(one);
  session.say(...one.answers);
  const open = session.open(scene);
  const found = await open.accept(way);
  open.close();
  return differenceOf(one, wanted, found);
}

function staged(one: FittingCase): { readonly scene: Scene; readonly wanted: string | undefined } {
  const lineEnd = one.document.includes("\r\n") ? "\r\n" : "\n";
  const padding = one.document.length <= minChars ? lineEnd.repeat(minChars) : "";
  const scene = sceneOf(one);
  return {
    scene: { ...scene, before: padding + scene.before },
    wanted: one.becomes && padding + one.becomes.replace(cursor, ""),
  };
}

function differenceOf(one: FittingCase, wanted: string | undefined, taken: Text | undefined): string | undefined {
  const found = taken && taken.before + taken.after;
  if (found === wanted) return undefined;
  return `${one.languageId}, ${one.name}:\n  wanted ${JSON.stringify(wanted)}\n  found  ${JSON.stringify(found)}`;
}

async function playAll(
  all: readonly FittingCase[],
  playOne: (one: FittingCase) => Promise<string | undefined>,
): Promise<void> {
  const wrong: string[] = [];
  for (const one of all) {
    const difference = await playOne(one).catch((error: unknown) => `${one.name}: ${String(error)}`);
    if (difference !== undefined) wrong.push(difference);
  }
  if (wrong.length > 0) expect.fail(`${wrong.length} of ${all.length}:\n${wrong.join("\n")}`);
}

describe.each(Object.entries(variants))("a suggestion %s", (_, variant) => {
  const all = cases.map(variant).filter((one) => one !== undefined);

  it.each(ways)("that was asked for by %s leaves the text that is wanted", async (way) => {
    const session = await openEditingSession("plain");
    await playAll(all, (one) => play(session, one, way));
  });

  it.each(clientProfiles.map(({ name }) => name))(
    "in the menu of %s leaves the text that is wanted",
    async (profile) => {
      const session = await openEditingSession(profile);
      await playAll(all, (one) => play(session, one, "menu"));
    },
  );

  it("that was typed in part, with brackets paired, leaves the text that is wanted", async () => {
    const session = await openEditingSession("plain");
    await playAll(all, (one) => playTyping(session, one));
  });
});
