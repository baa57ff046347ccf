"use strict";
// The node of one action: inputs in, one call, payload out, status all along.

const { asProblem, problem } = require("./errors.js");
const { callGateway } = require("./gateway_call.js");
const { actionInputs, decidingText } = require("./inputs.js");

const CORRELATION = /^[\x21-\x7e]{1,128}$/;
const TICK = 1000;
/** Seconds after which the status says how long a call has been running. */
const LONG = 5;

/** Returns the constructor Node-RED calls for every node of this action in a flow. */
function actionNode(RED, action) {
    const reads = action.effect === "read";

    return function ActionNode(config) {
        RED.nodes.createNode(this, config);
        const node = this;
        const configuration = RED.nodes.getNode(config.configuration);
        const leaving = new AbortController();
        const status = statusOf(node, action);
        const unwatch = configuration ? configuration.watch((state) => status.configuration(state)) : () => {};
        if (!configuration) {
            status.configuration({ text: "no configuration", fill: "red" });
        }

        let closed = false;

        node.on("input", async (msg, send, done) => {
            status.began();
            try {
                if (!configuration) {
                    throw problem("configuration_missing", `${action.label} has no configuration.`, {
                        hint: "Choose one in the node's dialog, and deploy.",
                    });
                }
                const answer = await run(configuration, msg);
                msg.payload = answer.payload;
                msg.im_cloud = answer.about;
                delete msg.im_cloud_error;
                status.succeeded(answer);
                tellLate(answer.payload, answer.about.correlation_id, "done");
                send(msg);
                done();
            } catch (error) {
                if (leaving.signal.aborted) {
                    // The flow was stopped; nobody is left to be told.
                    done();
                    return;
                }
                const found = asProblem(error);
                msg.im_cloud_error = found.details;
                status.failed(found.code);
                tellLate(null, found.details.correlation_id || correlationOf(msg), `${found.code}: ${found}`);
                done(found);
            }
        });

        node.on("close", (done) => {
            unwatch();
            status.close();
            closed = true;
            // Only reading is broken off: a write goes on, and the log tells how it ended.
            if (reads) {
                leaving.abort();
            }
            done();
        });

        // After a deploy nobody receives what a node of the old flow sends or fails with.
        function tellLate(payload, correlation, how) {
            if (closed && !reads) {
                const id = payload && typeof payload === "object" && payload.id ? `, id ${payload.id}` : "";
                const told = `[im-cloud] ${action.label} (${action.id}) ended after its flow was stopped`;
                RED.log.warn(`${told}: ${how}${id}, correlation id ${correlation || "unknown"}.`);
            }
        }

        async function run(configuration, msg) {
            const inputs = await actionInputs(RED, node, config, msg);
            const organization = await decidingText(RED, node, "organization", config.organization, msg);
            const query = { organization, deadline_seconds: config.deadline };
            if (action.buys) {
                query.purchase_key = await decidingText(RED, node, "purchase_key", config.purchase_key, msg);
            }
            if (config.dry_run) {
                query.dry_run = true;
            }
            const { configuration: named, ...gateway } = await configuration.connection();
            const { value, correlation } = await callGateway(gateway, {
                method: "POST",
                path: `/actions/${action.id}`,
                query: { configuration: named, ...query },
                body: inputs,
                correlation: correlationOf(msg),
                reads: reads || Boolean(config.dry_run),
                signal: reads ? leaving.signal : undefined,
            });
            return answerOf(action, value, organization, correlation);
        }
    };
}

/** Returns the payload and what is told about the call beside it. */
function answerOf(action, value, organization, correlation) {
    const about = {
        action: action.id,
        organization: organization === undefined ? null : organization,
        total: value.total === undefined ? null : value.total,
        complete: value.complete === undefined ? true : value.complete,
        calls: value.calls === undefined ? null : value.calls,
        request_ids: value.request_ids || [],
        warnings: value.warnings || [],
        correlation_id: correlation,
    };
    if (value.dry_run) {
        about.dry_run = true;
        about.request = value.request;
    }
    const lists = Array.isArray(value.items);
    return { payload: lists ? value.items : (value.item ?? null), about, rows: lists ? value.items.length : null };
}

/** One id for all calls a message causes: the flow's own, or Node-RED's id of the message. */
function correlationOf(msg) {
    return [msg.correlation_id, msg._msgid].find((each) => typeof each === "string" && CORRELATION.test(each));
}

/** What stands below the node: the configuration's state while it is not well, else the calls'. */
function statusOf(node, action) {
    let running = 0;
    let since = 0;
    let timer = null;
    let closed = false;

    function show(fill, shape, text) {
        if (!closed) {
            node.status(text ? { fill, shape, text } : {});
        }
    }
    function tick() {
        const seconds = Math.round((Date.now() - since) / 1000);
        const many = running > 1 ? ` · ${running} calls waiting` : "";
        show("blue", "dot", seconds >= LONG ? `running ${seconds} s${many}` : `running${many}`);
    }
    function settled() {
        running -= 1;
        if (running === 0 && timer) {
            clearInterval(timer);
            timer = null;
        }
    }
    return {
        configuration(state) {
            if (running === 0) {
                show(state.fill, "ring", state.text);
            }
        },
        began() {
            running += 1;
            if (running === 1) {
                since = Date.now();
                timer = setInterval(tick, TICK);
            }
            tick();
        },
        succeeded({ rows, about }) {
            settled();
            const parts = [];
            if (about.dry_run) {
                parts.push("dry run");
            } else if (rows !== null) {
                const part = about.complete || about.total === null ? "" : ` of ${about.total}`;
                parts.push(`${rows}${part} ${rows === 1 && !part ? "row" : "rows"}`);
            } else {
                parts.push("done");
            }
            if (about.calls !== null) {
                parts.push(`${about.calls} ${about.calls === 1 ? "call" : "calls"}`);
            }
            show("green", "dot", parts.join(" · "));
        },
        failed(code) {
            settled();
            show("red", "ring", code);
        },
        close() {
            closed = true;
            clearInterval(timer);
        },
    };
}

module.exports = { actionNode };
