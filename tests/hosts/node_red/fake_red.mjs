// As much of Node-RED as the package's runtime touches.

import { EventEmitter } from "node:events";

export function fakeRed({ userDir, settings = {} } = {}) {
    const types = new Map();
    const nodes = new Map();
    const routes = new Map();
    const credentials = new Map();
    const warnings = [];
    const quiet = { debug() {}, warn: (text) => warnings.push(text) };
    const RED = {
        settings: { userDir, ...settings },
        log: quiet,
        nodes: {
            registerType: (name, constructor, options = {}) => types.set(name, { constructor, options }),
            createNode(node, config) {
                const emitter = new EventEmitter();
                keepCredentials(config);
                Object.assign(node, {
                    id: config.id,
                    credentials: structuredClone(credentials.get(config.id) || {}),
                    statuses: [],
                    errors: [],
                    on: (event, handler) => emitter.on(event, handler),
                    emitter,
                });
                node.status = (status) => node.statuses.push(status);
                node.error = (text) => node.errors.push(text);
            },
            getNode: (id) => nodes.get(id) || null,
            getCredentials: (id) => credentials.get(id),
            addCredentials: (id, kept) => credentials.set(id, kept),
        },
        auth: { needsPermission: (permission) => ({ permission }) },
        httpAdmin: {
            post: (path, guard, handler) => routes.set(`POST ${path}`, { guard, handler }),
            get: (path, guard, handler) => routes.set(`GET ${path}`, { guard, handler }),
        },
        util: {
            evaluateNodeProperty(value, type, node, msg, callback) {
                if (type === "msg") {
                    callback(null, value.split(".").reduce((place, name) => (place ?? {})[name], msg));
                } else if (type === "env") {
                    callback(null, process.env[value] || "");
                } else {
                    callback(new Error("no such thing here"));
                }
            },
        },
    };
    // As Node-RED does it with a deploy: only what the type declares, the mask and what is absent change nothing, and
    // what is empty is deleted.
    function keepCredentials({ id, type, credentials: given }) {
        const declared = (types.get(type) || { options: {} }).options.credentials || {};
        const kept = credentials.get(id) || {};
        for (const name of Object.keys(declared).filter((each) => given && given[each] !== undefined)) {
            if (given[name].trim() === "") {
                delete kept[name];
            } else if (given[name] !== "__PWRD__") {
                kept[name] = given[name];
            }
        }
        credentials.set(id, kept);
    }
    return {
        RED,
        warnings,
        credentials,
        types,
        routes,
        /** Makes a node as a deploy does. */
        deploy(type, config) {
            const node = new (types.get(type).constructor)({ type, ...config });
            nodes.set(config.id, node);
            return node;
        },
        /** Sends a message; comes back with what was sent on, or with the error. */
        send(node, msg) {
            return new Promise((resolve) => {
                let sent = null;
                node.emitter.emit("input", msg, (out) => (sent = out), (error) => resolve({ sent, error, msg }));
            });
        },
        close(node, removed = false) {
            nodes.delete(node.id);
            if (removed) {
                credentials.delete(node.id);
            }
            return new Promise((resolve) => {
                const [handler] = node.emitter.listeners("close");
                return handler.length === 2 ? handler(removed, resolve) : handler(resolve);
            });
        },
        /** Asks a route of the editor. */
        ask(route, { params = {}, query = {}, body, json = true, gone = new EventEmitter() } = {}) {
            return new Promise((resolve) => {
                let status = 200;
                const answer = (value) => resolve({ status, value });
                const response = { status: (code) => ((status = code), response), json: answer, on: gone.on.bind(gone) };
                routes.get(route).handler({ params, query, body, is: () => json }, response);
            });
        },
    };
}
