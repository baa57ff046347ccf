"use strict";
// The configuration node: which gateway, which configuration there, and whether it may be used.

const { createHash } = require("node:crypto");
const { asProblem, problem } = require("./errors.js");
const { callGateway } = require("./gateway_call.js");
const { within } = require("./patience.js");
const { remoteGateway } = require("./remote_gateway.js");
const { bindSecrets } = require("./secret_binding.js");

/** Milliseconds a gateway has to forget a removed configuration; Node-RED waits for this with its deploy. */
const FORGETTING = 3000;

/** Returns the constructor Node-RED calls for every deployed configuration. */
function configurationNode(RED, palette, shared) {
    /** How many nodes use each name at the gateway: copies of a subflow have one original. */
    const uses = new Map();

    return function ConfigurationNode(config) {
        RED.nodes.createNode(this, config);
        const node = this;
        const name = (config.name || "").trim();
        const local = config.place !== "remote";
        const original = node._alias || node.id;
        const saved = local ? savedName(node, config.values) : name;
        const foreign = local
            ? bindSecrets(RED, original, palette.form.secrets, (config.values || {}).api_url)
            : bindSecrets(RED, original, ["gateway_key"], config.url);
        const watchers = new Set();
        let state = { text: "starting", fill: "yellow" };
        let saving = null;
        let closed = false;
        let holds = false;
        let opening = false;

        node.values = config.values || {};
        node.place = local ? "local" : "remote";
        node.url = config.url || "";

        /** Tells of every change of state, and of the present one at once. */
        node.watch = (watcher) => {
            watchers.add(watcher);
            watcher(state);
            return () => watchers.delete(watcher);
        };

        /** Returns where to call and under which configuration; waits while things start. */
        node.connection = async () => {
            if (closed) {
                throw problem("configuration_closed", "The configuration was closed while a call was waiting for it.", {
                    hint: "Nothing was sent; send the message again.",
                    retry: "yes",
                });
            }
            if (foreign.length) {
                throw elsewhere(palette, local, foreign);
            }
            if (!local) {
                const gateway = remoteGateway(config.url, node.credentials.gateway_key, config.plain_http);
                return { ...gateway, configuration: name };
            }
            const address = await shared.address();
            saving = saving || saveAt(address);
            await saving;
            if (state.text) {
                show({ text: "", fill: "" });
            }
            return { ...address, configuration: saved };
        };

        async function saveAt(address) {
            const values = { ...node.values, name: saved };
            values.description = values.description || `Managed by Node-RED, configuration ${name.slice(0, 80) || node.id}.`;
            for (const secret of palette.form.secrets) {
                values[secret] = (node.credentials && node.credentials[secret]) || "";
            }
            // The gateway would take what is missing from what it saved earlier; here the form is what counts.
            const missing = palette.form.fields.filter((field) => field.required && !values[field.name]);
            if (missing.length) {
                throw incomplete(missing);
            }
            try {
                const fits = (answer) => typeof answer.saved === "boolean";
                const call = { method: "PUT", path: pathOf(saved), query: { unverified: true }, body: values, reads: true };
                const { value } = await callGateway(address, { ...call, fits, expected: [422] });
                if (!value.saved) {
                    throw notAccepted(value.check);
                }
            } catch (error) {
                if (asProblem(error).code !== "invalid_configuration") {
                    // Not the form's fault: with the next call it is tried once more.
                    saving = null;
                }
                throw error;
            }
        }

        function show(next) {
            state = next;
            watchers.forEach((watcher) => watcher(state));
        }

        async function open() {
            if (opening) {
                return;
            }
            opening = true;
            show({ text: "starting", fill: "yellow" });
            try {
                await node.connection();
                show({ text: "", fill: "" });
            } catch (error) {
                if (!closed) {
                    const found = asProblem(error);
                    node.error(found.toString());
                    show({ text: found.code, fill: "red" });
                }
            }
            opening = false;
        }

        let unwatch = () => {};
        if (local) {
            uses.set(saved, (uses.get(saved) || 0) + 1);
            unwatch = shared.watch((up) => (up ? open() : show({ text: "gateway restarting", fill: "yellow" })));
            shared.acquire();
            holds = true;
        }
        open();

        node.on("close", (removed, done) => {
            closed = true;
            unwatch();
            leave(removed).then(() => done(), done);
        });

        async function leave(removed) {
            if (!holds) {
                return;
            }
            holds = false;
            uses.set(saved, uses.get(saved) - 1);
            // A restart and a changed form come here too; only what was deleted from the flows is forgotten.
            if (removed && uses.get(saved) === 0) {
                await forget();
            }
            await shared.release();
        }

        async function forget() {
            try {
                await within(deleted(), FORGETTING);
            } catch (error) {
                const left = `The configuration ${saved} and its secrets are still in the connector's state`;
                RED.log.warn(`[im-cloud] ${left} (${error.code || error.message}). Remove them: im-cloud config remove ${saved}`);
            }
        }

        async function deleted() {
            const address = await shared.address();
            await Promise.resolve(saving).catch(() => {});
            const fits = (answer) => "removed" in answer;
            try {
                await callGateway(address, { method: "DELETE", path: pathOf(saved), fits });
            } catch (error) {
                if (error.code !== "configuration_missing") {
                    throw error;
                }
            }
        }
    };
}

/**
 * Returns the name under which a node's configuration is saved at the gateway on this machine: nobody else's, whatever
 * the person calls it.
 */
function savedName(node, values) {
    const own = node._alias || node.id;
    const plain = /^[\w-]{1,60}$/.test(own) ? own : digest(own);
    // Copies of a subflow may be given different values by its environment.
    return node._alias ? `node-red-${plain}-${digest(JSON.stringify(values || {})).slice(0, 12)}` : `node-red-${plain}`;
}

function digest(text) {
    return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function pathOf(saved) {
    return `/configurations/${encodeURIComponent(saved)}`;
}

function elsewhere(palette, local, foreign) {
    const message = local
        ? palette.check.secret_needed.message
        : "The stored key belongs to another gateway and goes only there.";
    return problem("secret_needed", `Nothing was sent. ${message}`, {
        hint: "Open the configuration, type it again for the new address, and deploy.",
        fields: foreign.map((name) => ({ pointer: `/${name}`, code: "secret_needed", message })),
    });
}

function incomplete(missing) {
    const titles = missing.map((field) => field.title).join(", ");
    return problem("invalid_configuration", `The configuration is not complete: ${titles}.`, {
        hint: "Open the configuration, fill in the form, press Test, and deploy again.",
        fields: missing.map(({ name, title }) => {
            return { pointer: `/${name}`, code: "required", message: `${title} is required.` };
        }),
    });
}

function notAccepted(check) {
    const steps = (check && check.steps) || [];
    const failed = steps.find((step) => !step.passed);
    const fields = failed ? failed.fields : [];
    return problem("invalid_configuration", failed ? failed.message : "The configuration was not accepted.", {
        hint: "Open the configuration, press Test, and deploy again.",
        fields: fields.map((name) => ({ pointer: `/${name}`, code: failed.code, message: failed.message })),
    });
}

module.exports = { configurationNode };
