// Finds tokens, keys and passwords in text that is about to be sent, by the published shape of each, and replaces them.
// No entropy rule and no rule for assignments: those touch one source file in eleven. A net, not a promise.

/** One kind of secret. */
export interface SecretShape {
  /** Shown to people and counted; never the value. */
  readonly name: string;
  /** What stays of a match: the model sees a value of this kind. */
  readonly prefix: string;
  /** What is replaced. Every repetition is bounded, so that the search takes linear time. */
  readonly secret: string;
  /** What must follow, and stays. */
  readonly suffix?: string;
  /** Whether a match may begin inside a word, or begins with something else than a letter; absent: no. */
  readonly isWithinWord?: boolean;
}

/** What may stand before a line of a private key. */
const keyLead = "[\\s#*;%\"'!,<>\\\\/-]{0,16}";

// Published formats. `prefix` and `secret` are regular expressions; their parts are put together below.
export const secretShapes: readonly SecretShape[] = [
  { name: "GitHub token", prefix: "gh[pousr]_", secret: "[A-Za-z0-9]{36,255}" },
  { name: "GitHub fine-grained token", prefix: "github_pat_", secret: "[A-Za-z0-9_]{60,255}" },
  { name: "Copilot session token", prefix: "tid=", secret: "[0-9a-f]{32};[A-Za-z0-9_=;:.-]{20,1024}" },
  { name: "GitLab token", prefix: "gl(?:pat|ptt|rt|dt|soat|ft|cbt|imt|agent|oas)-", secret: "[A-Za-z0-9_-]{20,255}" },
  { name: "AWS access key", prefix: "A(?:KIA|SIA|BIA|CCA)", secret: "[A-Z2-7]{16}(?![A-Z0-9])" },
  { name: "Slack token", prefix: "xox[abeoprs]-", secret: "[A-Za-z0-9-]{20,255}" },
  { name: "Slack app token", prefix: "xapp-", secret: "[0-9]-[A-Z0-9]{9,16}-[0-9]{9,16}-[0-9a-f]{32,128}" },
  { name: "Anthropic key", prefix: "sk-ant-", secret: "[A-Za-z0-9_-]{32,255}" },
  { name: "OpenAI key", prefix: "sk-(?:proj|svcacct|admin)-", secret: "[A-Za-z0-9_-]{32,255}" },
  { name: "Stripe key", prefix: "[sr]k_(?:live|test)_", secret: "[A-Za-z0-9]{20,255}" },
  { name: "Google API key", prefix: "AIza", secret: "[A-Za-z0-9_-]{35}" },
  { name: "Google OAuth token", prefix: "ya29\\.", secret: "[A-Za-z0-9_-]{30,512}" },
  { name: "npm token", prefix: "npm_", secret: "[A-Za-z0-9]{36}" },
  { name: "PyPI token", prefix: "pypi-AgE", secret: "[A-Za-z0-9_-]{50,512}" },
  { name: "Hugging Face token", prefix: "hf_", secret: "[A-Za-z]{34,64}" },
  { name: "SendGrid key", prefix: "SG\\.", secret: "[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}" },
  { name: "DigitalOcean token", prefix: "do[opr]_v1_", secret: "[0-9a-f]{64}" },
  { name: "Shopify token", prefix: "shp(?:at|ca|pa|ss)_", secret: "[0-9a-fA-F]{32}" },
  { name: "Vault token", prefix: "hv[sbr]\\.", secret: "[A-Za-z0-9_-]{24,255}" },
  { name: "Tailscale key", prefix: "tskey-", secret: "(?:auth|api|client|scim|webhook)-[A-Za-z0-9-]{16,128}" },
  { name: "age secret key", prefix: "AGE-SECRET-KEY-1", secret: "[0-9A-Z]{58}" },
  { name: "Linear key", prefix: "lin_(?:api|oauth)_", secret: "[A-Za-z0-9]{32,128}" },
  { name: "Docker token", prefix: "dckr_(?:pat|oat)_", secret: "[A-Za-z0-9_-]{20,128}" },
  {
    name: "JSON web token",
    prefix: "eyJ",
    secret: "[A-Za-z0-9_-]{10,512}\\.eyJ[A-Za-z0-9_-]{10,8192}\\.[A-Za-z0-9_-]{20,2048}",
  },
  {
    name: "private key",
    prefix: "-----BEGIN (?:[A-Z0-9]{2,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    // Between its lines there may be comment signs, in which other files are quoted, or those of strings; before them, lines
    // such as `Proc-Type: 4,ENCRYPTED`. An editor may stand inside the key, so that its end is not part of the text.
    secret: `(?:${keyLead}[A-Za-z-]{3,20}: [^\\r\\n]{0,200}){0,4}${keyLead}[A-Za-z0-9+/=]{16}(?:[A-Za-z0-9+/=\\s\\\\#*;%"'!,<>]|-{1,2}(?!-)){0,16384}`,
    isWithinWord: true,
  },
  {
    name: "password in a URL",
    prefix: "://[^\\s:@/'\"`<>${}()]{0,64}:",
    // Documentation writes `user:password@`; nothing is lost when that is sent.
    secret: "(?!(?:pass(?:word|wd)?|pwd|secret)@)[^\\s:@/'\"`<>${}()\\\\]{6,200}",
    suffix: "@[A-Za-z0-9\\[]",
    isWithinWord: true,
  },
];

const sourceOf = ({ prefix, secret, suffix }: SecretShape): string =>
  `(${prefix})(${secret})${suffix === undefined ? "" : `(?=${suffix})`}`;

// Two searches: `\b` lets V8 skip most characters (14 us per KB became 7, Node 20.20), and the shapes that do not begin with
// a letter need a search without it.
const searches = [false, true].map((isWithinWord) => {
  const shapes = secretShapes.filter((shape) => (shape.isWithinWord ?? false) === isWithinWord);
  const boundary = isWithinWord ? "" : "\\b";
  return { shapes, pattern: new RegExp(`${boundary}(?:${shapes.map(sourceOf).join("|")})`, "g") };
});

/** What stands for each character of a secret. Line breaks stay, so that lines keep their numbers. */
const replacement = "x";

export interface FoundSecret {
  readonly name: string;
  /** Range of what is replaced, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** In the order of the text; linear in its length. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { shapes, pattern } of searches) {
    for (const match of text.matchAll(pattern)) {
      const index = shapes.findIndex((_, at) => match[1 + 2 * at] !== undefined);
      const start = match.index + (match[1 + 2 * index] ?? "").length;
      found.push({ name: shapes[index]?.name ?? "", start, end: match.index + match[0].length });
    }
  }
  found.push(...endsOfKeys(text));
  found.sort((one, other) => one.start - other.start);
  // A password in a URL may itself have the shape of a token.
  return found.filter(({ start }, at) => start >= (found[at - 1]?.end ?? 0));
}

const keyEnd = /-----END (?:[A-Z0-9]{2,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const keyLine = /^[\s#*;%"'!,<>\\/-]{0,16}[A-Za-z0-9+/=]{1,128}[\s"',;+\\]{0,8}$/;
const maxKeyLines = 400;

/** The lines above the end of a private key, where a cut text lacks its beginning. */
function endsOfKeys(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { index } of text.matchAll(keyEnd)) {
    const end = text.lastIndexOf("\n", index) + 1;
    let start = end;
    for (let count = 0; count < maxKeyLines && start > 0; count += 1) {
      const lineStart = text.lastIndexOf("\n", start - 2) + 1;
      if (start - lineStart > 160 || !keyLine.test(text.slice(lineStart, start - 1))) break;
      start = lineStart;
    }
    if (start < end) found.push({ name: "private key", start, end });
  }
  return found;
}

/** `text` with each secret replaced by as many characters as it had, so that offsets and lines stay. */
export function redact(text: string, found: readonly FoundSecret[]): string {
  let redacted = "";
  let from = 0;
  for (const { start, end } of found) {
    redacted += text.slice(from, start) + text.slice(start, end).replaceAll(/[^\r\n]/g, replacement);
    from = end;
  }
  return redacted + text.slice(from);
}

const replaced = new RegExp(`(?:${secretShapes.map(({ prefix }) => prefix).join("|")})[${replacement}\\r\\n]{6}`);

/** Whether an answer repeats what `redact` wrote: nobody wants it in a document. */
export function hasReplacement(answer: string): boolean {
  return replaced.test(answer);
}
