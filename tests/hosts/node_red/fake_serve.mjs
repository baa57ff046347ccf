// Stands in for `im-cloud serve`: announces itself, answers as told, writes down what it was asked.

import { appendFileSync } from "node:fs";
import http from "node:http";

export const KEY = "key-of-this-run";
const KNOWN_SECRET = "right password";

function errorOf(code, more = {}) {
    const plain = { hint: "Do this next.", status_code: null, correlation_id: null, vendor_message: null };
    return { error: { code, message: "It went wrong.", ...plain, retry: "no", fields: [], ...more } };
}

const LIST = {
    items: [{ id: "1", name: "Alder" }, { id: "2", name: "Birch" }],
    total: 2, complete: true, calls: 3, request_ids: ["vendor-1"], warnings: [],
};

/** Returns the server; `seen` is told each request. Paths decide what is answered. */
export function fakeGateway(seen) {
    return http.createServer((request, response) => {
        let text = "";
        request.on("data", (part) => (text += part));
        request.on("end", () => {
            const target = new URL(request.url, "http://any");
            const body = text ? JSON.parse(text) : null;
            seen({
                method: request.method,
                path: target.pathname,
                query: Object.fromEntries(target.searchParams),
                body,
                authorization: request.headers.authorization,
                correlation: request.headers["x-correlation-id"] || null,
                url: request.url,
            });
            const say = (status, value, headers = {}) => {
                const correlation = request.headers["x-correlation-id"] || "made-here";
                response.writeHead(status, { "Content-Type": "application/json", "X-Correlation-ID": correlation, ...headers });
                response.end(typeof value === "string" ? value : JSON.stringify(value));
            };
            answer(target, request, body, say, response);
            response.on("close", () => response.writableFinished || seen({ gone: target.pathname }));
        });
    });
}

function answer({ pathname: path, searchParams }, request, body, say, response) {
    if (request.headers.authorization !== `Bearer ${KEY}`) {
        return say(401, errorOf("key_unknown"));
    }
    if (path.startsWith("/configurations/") && request.method === "PUT") {
        if (body.password === KNOWN_SECRET) {
            return say(200, { saved: true, check: { passing: true, steps: [], warnings: [] } });
        }
        const step = { name: "form", passed: false, code: "form_invalid", fields: ["password"], message: "Too short." };
        return say(422, { saved: false, check: { passing: false, steps: [step], warnings: [] } });
    }
    if (path.startsWith("/configurations/") && request.method === "DELETE") {
        return say(200, { removed: path.split("/").pop() });
    }
    if (path.startsWith("/configurations/refused")) {
        return say(403, errorOf("manage_required"));
    }
    if (path.startsWith("/configurations/") || path === "/configuration-tests") {
        return say(200, { passing: true, steps: [{ name: "form", passed: true, fields: [] }], warnings: [] });
    }
    if (path.startsWith("/options/") && searchParams.get("search") === "slow") {
        return undefined;
    }
    if (path.startsWith("/options/")) {
        return say(200, { items: [{ id: "1", name: "Alder" }], total: 1 });
    }
    const answers = {
        "/actions": () =>
            searchParams.get("configuration") === "refused-elsewhere"
                ? say(404, errorOf("configuration_missing"))
                : say(200, { items: [], total: 0 }),
        "/actions/list_customers": () => say(200, LIST),
        "/actions/get_customer": () => say(404, errorOf("not_found", { status_code: 404, correlation_id: "vendor-9" })),
        "/actions/create_order": () => say(429, errorOf("call_budget", { retry: "yes" }), { "Retry-After": "7" }),
        "/actions/list_products": () => request.socket.destroy(),
        "/actions/update_customer": () => request.socket.destroy(),
        "/actions/list_reports": () => say(502, "<html>proxy</html>"),
        "/actions/update_order": () => say(502, "<html>proxy</html>"),
        "/actions/list_orders": () => say(404, "not here"),
        "/actions/submit_order": () => setTimeout(() => say(200, { item: { id: "sub-9" }, calls: 1 }), 600),
        "/actions/create_reseller_customer": () => setTimeout(() => say(409, errorOf("conflict")), 600),
        "/actions/preview_order": () => say(200, { item: null, calls: 0, dry_run: true, request: { method: "POST" } }),
        "/actions/get_order": () => { response.writeHead(200, { "Content-Type": "application/json" }); response.write("{"); },
    };
    return (answers[path] || (() => say(200, { item: { id: "1" }, calls: 1, request_ids: [], warnings: [] })))();
}

if (process.argv.includes("serve")) {
    const note = (entry) => process.env.FAKE_LOG && appendFileSync(process.env.FAKE_LOG, `${JSON.stringify(entry)}\n`);
    const server = fakeGateway(note);
    server.listen(0, "127.0.0.1", () => {
        note({ started: process.argv.slice(2), home: process.env.IM_CLOUD_HOME });
        console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, key: KEY, key_scope: "run" }));
    });
    // Like the real one it finishes what it has begun.
    process.on("SIGTERM", () => server.close(() => {
        note({ stopped: true });
        process.exit(0);
    }));
    process.stdin.resume();
    process.stdin.on("end", () => {
        note({ orphaned: true });
        process.exit(0);
    });
}
