// The two ways to the server: messages go by POST, everything else comes by one WebSocket.

import { say } from "./words.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

export function newId() {
  // randomUUID is missing on plain http, where a factory's own server may well live.
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The body carries its own id, so asking again is safe: the server drops what it has already seen.
export async function post(path, body, onRetry = () => {}) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const answer = await attempt(path, body);
    if (answer) return answer;
    onRetry();
    await pause(wait);
  }
}

async function attempt(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout?.(15_000),
    });
    if (response.ok) return await response.json();
    const { error } = await response.json().catch(() => ({}));
    // A gateway in front of a server that is restarting answers without a sentence of ours.
    if (!error && [502, 503, 504].includes(response.status)) return null;
    return { error: error ?? say("failed") };
  } catch {
    return null;
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}

export async function get(path) {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout?.(15_000) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

export function openStream(name, { onFrame, onState }) {
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/web/${name}/stream`;
  let socket = null;
  let wait = FIRST_WAIT;
  let timer;
  let deadline;
  let hiddenAt = 0;
  let met = false;

  function connect() {
    clearTimeout(timer);
    clearTimeout(deadline);
    const previous = socket;
    // A reconnect of the same page keeps its lines, so the server need not greet again.
    const mine = (socket = new WebSocket(met ? `${url}?resume=1` : url));
    previous?.close();
    deadline = setTimeout(() => lost(mine), LONGEST_WAIT);
    mine.onmessage = ({ data }) => {
      if (mine !== socket) return;
      clearTimeout(deadline);
      wait = FIRST_WAIT;
      met = true;
      onState(true);
      onFrame(JSON.parse(data));
    };
    mine.onclose = () => lost(mine);
  }

  function lost(mine) {
    if (mine !== socket) return;
    socket = null;
    mine.close();
    clearTimeout(deadline);
    onState(false);
    // Jitter, so that a restarted server does not meet the whole town in the same instant.
    timer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function wake() {
    // A phone that slept often holds a socket that is dead without having been closed.
    const slept = hiddenAt && Date.now() - hiddenAt > 60_000;
    hiddenAt = 0;
    if (socket && !slept) return;
    wait = FIRST_WAIT;
    connect();
  }

  addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else wake();
  });
  connect();
  return {
    again() {
      met = false;
      connect();
    },
  };
}
