// Requests to the service. What it refuses comes back with a sentence for the visitor.

import { text } from "./texts.js";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function call(method, path, body) {
  const options = { method, credentials: "same-origin" };
  if (body instanceof Blob) options.body = body;
  else if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused(0, text("unreachable"));
  }
  const data = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refused(response.status, data.text ?? text("unreachable"));
  }
  return data;
}
