"use strict";

// Where the page came from is where the terminal's words go to, behind any proxy.
document.getElementById("terminal").dataset.sessionWebsocketUrl = location.origin.replace(/^http/, "ws") + "/ws";
document.getElementById("again").addEventListener("click", () => location.reload());

// The client marks the body when the app has drawn, and when it has ended. Whoever opens the page can type at once.
new MutationObserver(() => {
  const ended = document.body.classList.contains("-closed");
  const drawn = document.body.classList.contains("-first-byte");
  document.querySelector(ended ? "#again" : drawn ? ".xterm-helper-textarea" : "body").focus();
}).observe(document.body, { attributeFilter: ["class"] });
