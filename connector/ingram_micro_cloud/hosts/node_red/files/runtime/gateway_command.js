"use strict";
// Which program the gateway on this machine is, and where it keeps its state.

const fs = require("node:fs");
const path = require("node:path");
const { problem } = require("./errors.js");

/** Blanks stand between words, except in quotes of either kind. */
const WORDS = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;
const QUOTED = /"([^"]*)"|'([^']*)'/g;

/**
 * Returns the command as a list of words: IM_CLOUD_COMMAND, the setting imCloudCommand, or im-cloud.
 *
 * @throws {ImCloudError} when what is set is no command
 */
function gatewayCommand(settings, environment) {
    if ((environment.IM_CLOUD_COMMAND || "").trim()) {
        return wordsOf("IM_CLOUD_COMMAND", environment.IM_CLOUD_COMMAND.trim());
    }
    const given = settings.imCloudCommand;
    if (given === undefined || given === null || (typeof given === "string" && !given.trim())) {
        return ["im-cloud"];
    }
    if (typeof given === "string") {
        return wordsOf("imCloudCommand", given.trim());
    }
    if (Array.isArray(given) && given.length && given.every((word) => typeof word === "string") && given[0].trim()) {
        return given;
    }
    throw unusable("imCloudCommand");
}

function wordsOf(name, text) {
    // A path with blanks in it is one word when there is such a file.
    if (fs.existsSync(text)) {
        return [text];
    }
    if (/["']/.test(text.replace(QUOTED, ""))) {
        throw unusable(name);
    }
    return text.match(WORDS).map((word) => word.replace(QUOTED, (_, double, single) => double ?? single));
}

function unusable(name) {
    return problem("gateway_not_started", `${name} is set to something that is no command.`, {
        hint: `Set ${name} to a text, such as im-cloud, or to a list of words in settings.js, and start Node-RED again.`,
    });
}

/** Returns the environment of the gateway: its state below Node-RED's user folder, unless another place is named. */
function gatewayEnvironment(settings, environment) {
    const home = environment.IM_CLOUD_HOME || path.join(settings.userDir || ".", "im-cloud");
    return { ...environment, IM_CLOUD_HOME: home };
}

module.exports = { gatewayCommand, gatewayEnvironment };
