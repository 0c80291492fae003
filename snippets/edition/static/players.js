// Starts the players of a page, and fetches what plays only where there is one.
const found = document.querySelectorAll("[data-player]");
if (found.length) import("./player.js").then(({ show }) => show(found));
