// `GET /` by a browser: the page, with the key that its requests carry. It is given to a navigation that the person began,
// and to no script, frame or page of another site.

import { createHash } from "node:crypto";
import type { RequestContext } from "../request/request-context.ts";
import { sendText } from "../response/answer.ts";
import { type Headers, HttpError } from "../response/problem.ts";
import type { Handler } from "../route.ts";
import type { PageDeps } from "./deps.ts";

const keyPlace = "{{key}}";

/** CSP Level 3, section 2.3: an inline element is let in by the digest of its text. */
function digestsOf(html: string, element: "script" | "style"): string {
  const open = `<${element}>`;
  const texts = html.split(open).slice(1);
  const digests = texts.map((text) => {
    const inline = text.slice(0, text.indexOf(`</${element}>`));
    return `'sha256-${createHash("sha256").update(inline).digest("base64")}'`;
  });
  return digests.join(" ");
}

function headersOf(html: string): Headers {
  const policy = [
    "default-src 'none'",
    `script-src ${digestsOf(html, "script")}`,
    `style-src ${digestsOf(html, "style")}`,
    "connect-src 'self'",
    // The icon is part of the page.
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    Vary: "Accept, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Fetch-Site",
    "X-Frame-Options": "DENY",
  };
}

/** Throws `forbidden`. Fetch Metadata Request Headers, section 2; browsers that send none of them also pass. */
function checkNavigation({ request }: RequestContext): void {
  const wanted = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  for (const [name, value] of Object.entries(wanted)) {
    const given = request.headers[name];
    if (given === undefined || given === value) continue;
    throw new HttpError(403, "forbidden", "The page is shown only where a person opens it.", {
      advice: "Enter the address in a tab of its own, or run `copilot-lsp page`.",
    });
  }
}

function ticketOf({ request }: RequestContext): string {
  const query = (request.url ?? "").split("?", 2)[1] ?? "";
  return new URLSearchParams(query).get("ticket") ?? "";
}

export function createGetPage({ page, pageKey, checkVisitor }: PageDeps): Handler {
  let ready: { readonly html: string; readonly headers: Headers } | undefined;
  return async (context) => {
    checkNavigation(context);
    await checkVisitor(context, () => pageKey.redeem(ticketOf(context)));
    if (!ready) {
      const built = await page.html();
      ready = { html: built.replace(keyPlace, pageKey.secret.reveal()), headers: headersOf(built) };
    }
    sendText(context, ready.html, ready.headers, "text/html; charset=utf-8");
  };
}
