// As much of Node-RED as the package's runtime touches.

import { EventEmitter } from "node:events";

export function fakeRed({ userDir, settings = {} } = {}) {
    const types = new Map();
    const nodes = new Map();
    const routes = new Map();
    const quiet = { debug() {}, warn() {} };
    const RED = {
        settings: { userDir, ...settings },
        log: quiet,
        nodes: {
            registerType: (name, constructor, options = {}) => types.set(name, { constructor, options }),
            createNode(node, config) {
                const emitter = new EventEmitter();
                Object.assign(node, {
                    id: config.id,
                    credentials: config.credentials || {},
                    statuses: [],
                    errors: [],
                    on: (event, handler) => emitter.on(event, handler),
                    emitter,
                });
                node.status = (status) => node.statuses.push(status);
                node.error = (text) => node.errors.push(text);
            },
            getNode: (id) => nodes.get(id) || null,
            getCredentials: (id) => (nodes.get(id) || {}).credentials,
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
    return {
        RED,
        types,
        routes,
        /** Makes a node as a deploy does. */
        deploy(type, config) {
            const node = new (types.get(type).constructor)(config);
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
        close(node) {
            nodes.delete(node.id);
            return new Promise((resolve) => {
                const [handler] = node.emitter.listeners("close");
                return handler.length === 2 ? handler(false, resolve) : handler(resolve);
            });
        },
        /** Asks a route of the editor. */
        ask(route, { params = {}, query = {}, body, json = true } = {}) {
            return new Promise((resolve) => {
                let status = 200;
                const response = { status: (code) => ((status = code), response), json: (value) => resolve({ status, value }) };
                routes.get(route).handler({ params, query, body, is: () => json }, response);
            });
        },
    };
}
