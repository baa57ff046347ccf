"use strict";
// One HTTP call to a gateway. Nothing is ever sent twice: what may be repeated, the gateway repeats.

const http = require("node:http");
const https = require("node:https");
const { ImCloudError, problem } = require("./errors.js");

/** Following an order or a report may take an hour by itself; a call that is silent longer is lost. */
const LONGEST_SILENCE = 70 * 60 * 1000;
/** Far above any answer: a list of 100,000 rows has about 20 MB. */
const LARGEST_ANSWER = 512 * 1024 * 1024;
const RETRIES = new Set(["yes", "no", "after_check"]);
/** Said by a proxy on the way, not about what was asked. */
const PASSING = new Set([408, 425, 429, 499]);

/**
 * Calls the gateway.
 *
 * @param {{url: string, key: string}} gateway where, and the key; it travels in a header only
 * @param {{method: string, path: string, query?: object, body?: object, correlation?: string, reads?: boolean,
 *     signal?: AbortSignal, silence?: number, expected?: number[], fits?: Function}} call `reads` says that nothing can
 *     have changed when no answer comes; `fits` tells whether an answer is one of the gateway's, by default an action's
 * @returns {Promise<{status: number, value: object, correlation: string|null}>} also for error statuses that are
 *     `expected`
 * @throws {ImCloudError} for everything else
 */
async function callGateway(gateway, call) {
    const answer = await send(gateway, call);
    const correlation = answer.headers["x-correlation-id"] || null;
    const value = parsed(answer.text);
    const welcome = (answer.status >= 200 && answer.status < 300) || (call.expected || []).includes(answer.status);
    if (welcome && value && (call.fits || isOutcome)(value)) {
        return { status: answer.status, value, correlation };
    }
    if (answer.status >= 400 && value && isRefusal(value.error)) {
        throw refusal(value.error, answer, correlation);
    }
    throw unreadable(answer, call, correlation);
}

/** Whether this is what came of an action, and not the JSON of something else that answers there. */
function isOutcome(value) {
    return Array.isArray(value.items) || Object.hasOwn(value, "item");
}

function isRefusal(error) {
    const whole = error !== null && typeof error === "object";
    return whole && typeof error.code === "string" && typeof error.message === "string" && RETRIES.has(error.retry);
}

function send(gateway, call) {
    const target = new URL(gateway.url.replace(/\/+$/, "") + call.path);
    for (const [name, value] of Object.entries(call.query || {})) {
        if (value !== undefined && value !== null && value !== "") {
            target.searchParams.set(name, String(value));
        }
    }
    const body = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
    const secure = target.protocol === "https:";
    const headers = { Accept: "application/json", Authorization: `Bearer ${gateway.key}` };
    if (call.correlation) {
        headers["X-Correlation-ID"] = call.correlation;
    }
    if (body) {
        headers["Content-Type"] = "application/json";
        headers["Content-Length"] = body.length;
    }
    const { request } = secure ? https : http;
    return new Promise((resolve, reject) => {
        let left = false;
        const lost = (error) => reject(left ? lostCall(error, call) : unreachable(error));
        // A connection of its own for each call: one kept open may just be closing at the other end, and then nobody
        // knows whether a write has arrived.
        const options = { method: call.method, headers, signal: call.signal, agent: false };
        const asked = request(target, options, (answer) => {
            const parts = [];
            let size = 0;
            answer.on("data", (part) => {
                size += part.length;
                if (size > LARGEST_ANSWER) {
                    answer.destroy(new Error("the answer is too large"));
                    return;
                }
                parts.push(part);
            });
            answer.on("error", lost);
            answer.on("aborted", () => lost(new Error("the connection broke")));
            answer.on("end", () =>
                resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }),
            );
        });
        asked.setTimeout(call.silence || LONGEST_SILENCE, () => asked.destroy(new Error("no answer came in time")));
        asked.on("error", lost);
        // Written only when somebody who may have it listens: what goes wrong before is sure to have sent nothing.
        asked.on("socket", (socket) =>
            socket.once(secure ? "secureConnect" : "connect", () => {
                left = true;
                asked.end(body);
            }),
        );
    });
}

function parsed(text) {
    try {
        const value = JSON.parse(text);
        return value && typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
        return null;
    }
}

function refusal(error, answer, correlation) {
    const wait = Number(answer.headers["retry-after"]);
    const details = { ...error, gateway_status: answer.status };
    if (Number.isFinite(wait)) {
        details.retry_after = wait;
    }
    details.correlation_id = details.correlation_id || correlation;
    return new ImCloudError(details);
}

function unreadable(answer, call, correlation) {
    const told = { status_code: answer.status, correlation_id: correlation };
    if (call.reads && answer.status >= 300 && answer.status < 500 && !PASSING.has(answer.status)) {
        return problem("gateway_refused", `The gateway answered with status ${answer.status} and no reason.`, {
            ...told,
            hint: "Check the gateway's URL; something else may be answering there.",
        });
    }
    if (call.reads) {
        return problem("unreadable_answer", `The gateway's answer (status ${answer.status}) could not be read.`, {
            ...told,
            hint: "Try again; if it stays, look at the gateway and at the proxy in front of it.",
            retry: "yes",
        });
    }
    return unknown(`The gateway's answer (status ${answer.status}) could not be read.`, told);
}

function unreachable(error) {
    return problem("gateway_unreachable", `The gateway cannot be reached (${error.code || error.message}).`, {
        hint: "Nothing was sent. Check the gateway's URL, and that it runs.",
        retry: "yes",
    });
}

function lostCall(error, call) {
    if (call.reads) {
        return problem("gateway_lost", `The gateway did not answer: ${error.message}.`, {
            hint: "Only reading was asked for; try again.",
            retry: "yes",
        });
    }
    return unknown(`The gateway did not answer: ${error.message}.`, {});
}

function unknown(message, more) {
    return problem("outcome_unknown", `${message} What was asked may or may not have been done.`, {
        ...more,
        hint: "Look before it is run again: an order with Check Orders, anything else with the action that reads it.",
        retry: "after_check",
    });
}

module.exports = { callGateway };
