// Passkeys. The question stands in the form as JSON; what the browser answers goes back in one
// of the form's own fields, so that signing in needs no address of its own for scripts.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));

async function ask(kind, question) {
  const publicKey = { ...question, challenge: toBytes(question.challenge) };
  if (kind === "create") {
    publicKey.user = { ...question.user, id: toBytes(question.user.id) };
    publicKey.excludeCredentials = listed(question.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = listed(question.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

function reply(made) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = toText(made.response[part]);
  }
  return JSON.stringify({
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: {},
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const says = form.querySelector("[data-passkey-says]");
  says.hidden = true;
  try {
    // Only a page under https, or of this machine itself, is given the keys.
    if (!navigator.credentials) throw new Error("This address is not secure: passkeys need https.");
    form.elements.passkey.value = reply(await ask(form.dataset.passkey, JSON.parse(form.dataset.question)));
    form.submit();
  } catch (fault) {
    says.textContent = fault.name === "NotAllowedError" ? "Nothing was signed. Try again, or use a code." : fault.message;
    says.hidden = false;
  }
});
