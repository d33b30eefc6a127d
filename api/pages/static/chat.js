/* Enter sends, the newest turn stays in view, the draft can be copied. Everything else works without this file. */
document.documentElement.classList.add("scripted");

const form = document.getElementById("say");
const message = document.getElementById("message");
const talk = document.getElementById("talk");

message.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

form.addEventListener("htmx:before:request", () => { message.value = ""; });
form.addEventListener("htmx:error", (event) => {
  const sent = event.detail?.ctx?.request?.body?.get?.("text");
  if (sent && !message.value) message.value = sent;
});

const newest = () => { talk.scrollTop = talk.scrollHeight; };
new MutationObserver(newest).observe(talk, { childList: true, subtree: true, characterData: true });
newest();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const draft = await fetch(button.dataset.copy);
  await navigator.clipboard.writeText(await draft.text());
  document.getElementById("told").textContent = button.dataset.copied;
});
