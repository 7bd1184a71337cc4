/// <reference lib="dom" />
import { useState } from "hono/jsx/dom";

/** Asks for the server's token once; the server then keeps it in a cookie that scripts can't read. */
export function TokenForm({ onDone }: { onDone: () => void }) {
  const [problem, setProblem] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const authorization = `Bearer ${String(form.get("token")).trim()}`;
    const response = await fetch("/api/session", { method: "POST", headers: { authorization } })
      .catch(() => undefined);
    if (response?.ok) onDone();
    else setProblem(response ? "The server refuses this token." : "The server can't be reached.");
  };
  return (
    <main>
      <form class="token" onSubmit={submit}>
        <h2>This server asks for its token</h2>
        <p class="note">It printed where the token is kept when it started.</p>
        <label>
          Token
          <input name="token" type="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="more">Enter</button>
        <p class="problem" role="alert">{problem}</p>
      </form>
    </main>
  );
}
