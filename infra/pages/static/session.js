// Counts down to the end of the session, lets it be prolonged, and keeps what was typed when it ended. Every page works without this.
"use strict";
(() => {
  const WARN_SECONDS = 180;
  const LOOK_MS = 60_000;
  const TYPING_LOOK_MS = 10_000;
  const byId = (id) => document.getElementById(id);
  const box = byId("ending");
  const title = byId("ending-title");
  const words = byId("ending-words");
  const stay = byId("ending-stay");
  const again = byId("ending-again");
  const lasts = byId("lasts");
  const main = byId("main");
  const tabs = new BroadcastChannel("tsunagu session");
  const STAFF = box.dataset.staff;
  let endsAt = 0;
  let endsAnywayAt = 0;
  let hasEnded = false;
  let isTyped = false;
  let askedAt = Date.now();
  let asking = null;

  const say = (text) => {
    if (words.textContent !== text) words.textContent = text;
  };

  // A duration as people say it, rounded up: nobody is told a minute that is not there.
  const span = (seconds) => {
    if (seconds > 60) return `${Math.ceil(seconds / 60)}分`;
    return `${Math.max(seconds, 0)}秒`;
  };

  const lastsFor = (left, longest) => {
    endsAt = Date.now() + left * 1000;
    endsAnywayAt = Date.now() + longest * 1000;
  };

  const show = () => {
    const left = Math.ceil((endsAt - Date.now()) / 1000);
    lasts.textContent = `自動ログアウトまで あと${span(left)}`;
    const isNear = left <= WARN_SECONDS;
    if (isNear) {
      const canStay = endsAnywayAt > endsAt;
      // Said anew at three minutes, two, one and half a minute: a reader that speaks every second helps nobody.
      const told = left > 30 ? Math.ceil(left / 60) * 60 : 30;
      const why = canStay ? "操作がないため、" : "ログインから9時間になるため、";
      const hint = canStay ? "" : "入力した内容は、それまでに送ってください。";
      say(`${why}${told > 30 ? `あと${told / 60}分以内` : "あと30秒以内"}に自動でログアウトします。${hint}`);
      stay.hidden = !canStay;
      again.hidden = true;
    }
    box.hidden = !isNear;
  };

  const goOn = (told) => {
    // Somebody else works in this browser now: nothing of this page is theirs.
    if (told.staff !== STAFF) {
      location.replace(location.pathname + location.search);
      return;
    }
    for (const field of document.querySelectorAll("input[name=form_token]")) field.value = told.form_token;
    if (hasEnded) {
      hasEnded = false;
      main.classList.remove("away");
      document.body.append(box);
      title.hidden = true;
    }
    show();
  };

  const end = (told) => {
    if (!isTyped) {
      location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    // What was typed stays in the page, out of sight: whoever passes by sees nothing of a child.
    hasEnded = true;
    main.classList.add("away");
    main.append(box);
    title.hidden = false;
    lasts.textContent = "ログアウトしました";
    say(`${told.words}入力した内容は残っています。新しい画面でログインしてから、この画面へ戻ると、続けられます。`);
    stay.hidden = true;
    again.hidden = false;
    box.hidden = false;
  };

  // Asks how long the session lasts; a POST prolongs it. Returns whether there is one, null where nobody answered.
  const ask = async (method, isAdopted = true) => {
    let answer;
    let told;
    askedAt = Date.now();
    try {
      answer = await fetch("/session", { method, headers: { accept: "application/json" }, cache: "no-store" });
      told = await answer.json();
    } catch {
      return null;
    }
    if (answer.ok) {
      if (isAdopted || hasEnded) lastsFor(told.left, told.longest);
      goOn(told);
    } else if (answer.status === 401) end(told);
    return answer.ok ? true : answer.status === 401 ? false : null;
  };

  const look = (isAdopted = true) => {
    asking ??= ask("GET", isAdopted).finally(() => {
      asking = null;
    });
    return asking;
  };

  setInterval(() => {
    if (hasEnded) return;
    if (Date.now() >= endsAt) {
      look();
      return;
    }
    show();
    // A session can end before its time: by a second login, by a change of rights.
    if (Date.now() - askedAt >= LOOK_MS) look(false);
  }, 1000);

  stay.addEventListener("click", async () => {
    const stays = await ask("POST");
    if (stays === null) say("通信できませんでした。もう一度「ログインを続ける」を押してください。");
    else if (stays) {
      tabs.postMessage("used");
      main.focus();
    }
  });

  // Another tab was used, or logged in anew: the session is the same.
  tabs.addEventListener("message", () => look());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  addEventListener("focus", () => {
    if (hasEnded) look();
  });

  main.addEventListener("input", (event) => {
    if (!event.target.form) return;
    isTyped = true;
    // Who types is told at once that nobody would receive it, and not after the form was sent.
    if (Date.now() - askedAt >= TYPING_LOOK_MS) look(false);
  });

  lastsFor(Number(box.dataset.left), Number(box.dataset.longest));
  show();
  tabs.postMessage("used");
})();
