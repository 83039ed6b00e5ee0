// The parts of `vscode-languageserver` that run, in one place. All of them are what the package passes on from its own
// JSON-RPC layer, so that a build can take that layer alone: two thirds of the package is never called here, and reading
// it is what most of the start would be spent on.

export {
  type CancellationToken,
  createMessageConnection,
  Disposable,
  Emitter,
  ErrorCodes,
  type Message,
  type MessageReader,
  type MessageWriter,
  type NotificationMessage,
  RAL,
  ResponseError,
  type ResponseMessage,
} from "vscode-languageserver";
