# `nix run "github:OWNER/copilot-lsp?dir=shared/packaging/nix" -- --version`
{
  description = "GitHub Copilot for every LSP editor and every script";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      package =
        pkgs:
        pkgs.stdenvNoCC.mkDerivation rec {
          pname = "copilot-lsp";
          version = "0.1.0";

          src = pkgs.fetchurl {
            url = "https://github.com/OWNER/copilot-lsp/releases/download/v0.1.0/copilot-lsp-0.1.0.tgz";
            hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
          };
          sourceRoot = "package";

          nativeBuildInputs = [
            pkgs.makeWrapper
            pkgs.installShellFiles
            pkgs.nodejs
          ];

          dontBuild = true;

          # The archive needs no package beside it.
          installPhase = ''
            runHook preInstall
            mkdir -p $out/lib/copilot-lsp
            cp -r dist shared package.json $out/lib/copilot-lsp
            makeWrapper ${pkgs.nodejs}/bin/node $out/bin/copilot-lsp --add-flags $out/lib/copilot-lsp/dist/copilot-lsp.js
            installManPage shared/packaging/copilot-lsp.1
            for shell in bash zsh fish; do
              node dist/copilot-lsp.js completion $shell > copilot-lsp.$shell
            done
            installShellCompletion copilot-lsp.{bash,zsh,fish}
            runHook postInstall
          '';

          meta = {
            description = "GitHub Copilot for every LSP editor and every script";
            homepage = "https://github.com/OWNER/copilot-lsp";
            license = pkgs.lib.licenses.mit;
            mainProgram = "copilot-lsp";
          };
        };
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system: {
        default = package nixpkgs.legacyPackages.${system};
      });
    };
}
