// `GET /login/device`: where the person would enter the code. Here it only says that there is nothing to enter.

import type { Route } from "../route.ts";

const page = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Device activation</title></head>
<body><p>This stands in for GitHub's sign-in page. Nothing needs to be entered: go back to your editor.</p></body></html>
`;

export const devicePage: Route = {
  name: "device-page",
  method: "GET",
  path: /^\/login\/device$/,
  answer: () => ({ kind: "status", status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page }),
};
