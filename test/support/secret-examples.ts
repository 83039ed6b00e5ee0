// A made-up secret of each shape that the secret guard knows.

// Put together here, so that no scanner takes this file for a leak.
const letters = (count: number): string => "aB3dE6gH9jK2mN5pQ8sT".repeat(20).slice(0, count);
const capitals = (count: number): string => "AB2DE6GH7JK2MN5PQ3ST".repeat(20).slice(0, count);
const hex = (count: number): string => "0a1b2c3d4e5f".repeat(20).slice(0, count);

/** For each shape: what stays, and what must be replaced. */
export const secretExamples: Readonly<Record<string, readonly [stays: string, secret: string, follows?: string]>> = {
  "GitHub token": ["ghp_", letters(36)],
  "GitHub fine-grained token": ["github_pat_", letters(82)],
  "Copilot session token": ["tid=", `${hex(32)};exp=1796000000;sku=free;8kp=1:${hex(64)}`],
  "GitLab token": ["glpat-", letters(20)],
  "AWS access key": ["AKIA", capitals(16)],
  "Slack token": ["xoxb-", `123456789012-123456789012-${letters(24)}`],
  "Slack app token": ["xapp-", `1-A0123456789-1234567890123-${hex(64)}`],
  "Anthropic key": ["sk-ant-", `api03-${letters(90)}`],
  "OpenAI key": ["sk-proj-", letters(48)],
  "Stripe key": ["sk_live_", letters(24)],
  "Google API key": ["AIza", letters(35)],
  "Google OAuth token": ["ya29.", letters(120)],
  "npm token": ["npm_", letters(36)],
  "PyPI token": ["pypi-AgE", letters(150)],
  "Hugging Face token": ["hf_", "abCdEfGhIj".repeat(4).slice(0, 34)],
  "SendGrid key": ["SG.", `${letters(22)}.${letters(43)}`],
  "DigitalOcean token": ["dop_v1_", hex(64)],
  "Shopify token": ["shpat_", hex(32)],
  "Vault token": ["hvs.", letters(90)],
  "Tailscale key": ["tskey-", `auth-${letters(40)}`],
  "age secret key": ["AGE-SECRET-KEY-1", capitals(58)],
  "Linear key": ["lin_api_", letters(40)],
  "Docker token": ["dckr_pat_", letters(27)],
  "JSON web token": ["eyJ", `${letters(33)}.eyJ${letters(70)}.${letters(43)}`],
  "private key": [["-----BEGIN RSA PRIVATE", "KEY-----"].join(" "), `\n${letters(64)}\n${letters(64)}\n`, "-----END"],
  "password in a URL": ["postgres://admin:", "k9Zq-7fP2", "@db.internal/main"],
};
