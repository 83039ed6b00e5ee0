// Types for the private path of undici that `http1-client.ts` imports; the package describes only its entry.

declare module "undici/lib/dispatcher/client.js" {
  import { Client } from "undici";
  export default Client;
}
