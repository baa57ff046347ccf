"use strict";
// The configuration node: which gateway, which configuration there, and whether it may be used.

const { asProblem, problem } = require("./errors.js");
const { callGateway } = require("./gateway_call.js");
const { remoteGateway } = require("./remote_gateway.js");

/** Returns the constructor Node-RED calls for every deployed configuration. */
function configurationNode(RED, palette, shared) {
    const taken = new Map();

    return function ConfigurationNode(config) {
        RED.nodes.createNode(this, config);
        const node = this;
        const name = (config.name || "").trim();
        const local = config.place !== "remote";
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
            if (!local) {
                const gateway = remoteGateway(config.url, node.credentials.gateway_key, config.plain_http);
                return { ...gateway, configuration: name };
            }
            if (taken.get(name) !== node.id) {
                throw problem("configuration_twice", `Another configuration is called ${name} too.`, {
                    hint: "Give each configuration of this Node-RED a name of its own, and deploy.",
                });
            }
            const address = await shared.address();
            saving = saving || saveAt(address);
            await saving;
            if (state.text) {
                show({ text: "", fill: "" });
            }
            return { ...address, configuration: name };
        };

        async function saveAt(address) {
            const values = { ...node.values, name };
            for (const secret of palette.form.secrets) {
                values[secret] = (node.credentials && node.credentials[secret]) || "";
            }
            // The gateway would take what is missing from what it saved earlier; here the form is what counts.
            const missing = palette.form.fields.filter((field) => field.required && !values[field.name]);
            if (missing.length) {
                throw incomplete(missing);
            }
            try {
                const path = `/configurations/${encodeURIComponent(name)}`;
                const call = { method: "PUT", path, query: { unverified: true }, body: values, reads: true };
                const { value } = await callGateway(address, { ...call, expected: [422] });
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
            if (!taken.has(name)) {
                taken.set(name, node.id);
            }
            unwatch = shared.watch((up) => (up ? open() : show({ text: "gateway restarting", fill: "yellow" })));
            shared.acquire();
            holds = true;
        }
        open();

        node.on("close", (removed, done) => {
            closed = true;
            unwatch();
            if (taken.get(name) === node.id) {
                taken.delete(name);
            }
            const released = holds ? shared.release() : Promise.resolve();
            holds = false;
            released.then(() => done(), done);
        });
    };
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
