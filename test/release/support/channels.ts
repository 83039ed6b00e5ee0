// The recipes of the channels beside npm, `shared/packaging/*/`: what in them follows from a release. The committed ones
// name the version and the repository of package.json and no hash, since an archive that holds its own hash cannot be.

import { createHash } from "node:crypto";

export const recipes = [
  "aur/PKGBUILD",
  "docker/Dockerfile",
  "github/release.yml",
  "homebrew/copilot-lsp.rb",
  "mason/package.yaml",
  "nix/flake.nix",
  "systemd/copilot-lsp.service",
  "systemd/copilot-lsp.socket",
] as const;

export interface Release {
  /** `https://github.com/OWNER/copilot-lsp` */
  readonly address: string;
  readonly version: string;
  /** Of the archive; absent: hashes stay as they are. */
  readonly sha256?: Buffer;
}

export function releaseOf(
  manifest: { readonly version: string; readonly repository: { readonly url: string } },
  archive?: Buffer,
): Release {
  return {
    address: manifest.repository.url.replace(/^git\+|\.git$/g, ""),
    version: manifest.version,
    sha256: archive && createHash("sha256").update(archive).digest(),
  };
}

/** A recipe with the values of this release. Doing it twice changes nothing. */
export function stamped(text: string, { address, version, sha256 }: Release): string {
  const [owner = ""] = new URL(address).pathname.slice(1).split("/");
  const values: readonly (readonly [RegExp, string])[] = [
    [/(?<=github\.com\/|githubusercontent\.com\/|github:|brew tap )[\w.-]+(?=\/copilot-lsp\b)/g, owner],
    [/(?<=\bcopilot-lsp[-@])\d+\.\d+\.\d+\b/g, version],
    [/(?<=\/download\/v)\d+\.\d+\.\d+\b/g, version],
    [/(?<=^pkgver=|\bversion = ")\d+\.\d+\.\d+\b/gm, version],
    ...(sha256
      ? ([
          [/\b[0-9a-f]{64}\b/g, sha256.toString("hex")],
          [/\bsha256-[A-Za-z0-9+/]{43}=/g, `sha256-${sha256.toString("base64")}`],
        ] as const)
      : []),
  ];
  return values.reduce((stampedText, [pattern, value]) => stampedText.replaceAll(pattern, value), text);
}
