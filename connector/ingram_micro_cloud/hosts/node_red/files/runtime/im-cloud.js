"use strict";
// Registers the configuration node, one node per action of palette.json, and the routes the editor asks.

const palette = require("./palette.json");
const { actionNode } = require("./lib/action_node.js");
const { configurationNode } = require("./lib/configuration_node.js");
const { addRoutes } = require("./lib/routes.js");
const { gatewayCommand, gatewayEnvironment } = require("./lib/gateway_command.js");
const { evidenceOf } = require("./lib/secret_binding.js");
const { SharedGateway } = require("./lib/shared_gateway.js");

module.exports = function (RED) {
    const gateway = new SharedGateway({
        command: () => gatewayCommand(RED.settings, process.env),
        environment: gatewayEnvironment(RED.settings, process.env),
        log: RED.log,
    });

    const credentials = {};
    for (const name of ["gateway_key", ...palette.form.secrets]) {
        credentials[name] = { type: "password" };
        credentials[evidenceOf(name)] = { type: "password" };
    }
    RED.nodes.registerType(palette.configuration, configurationNode(RED, palette, gateway), { credentials });
    for (const action of palette.actions) {
        RED.nodes.registerType(action.type, actionNode(RED, action));
    }
    addRoutes(RED, palette, gateway);
};
