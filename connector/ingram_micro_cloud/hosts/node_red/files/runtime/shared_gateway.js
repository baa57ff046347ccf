"use strict";
// The gateway on this machine: started for the first configuration that wants it, stopped after the last.

const { spawn } = require("node:child_process");
const { ImCloudError, problem } = require("./errors.js");

const START_TIME = 60 * 1000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60 * 1000;
/** A gateway that lived this long was well; its next end begins the pauses anew. */
const HEALTHY_AFTER = 60 * 1000;
/** Milliseconds for one that leaves; a write in flight may take it longer, and nobody is kept waiting for that. */
const LEAVING = 2000;
const KEPT_LINES = 20;
/** What it says while it is well, one line for each request. */
const WELL = /^\S+ \S+ (DEBUG|INFO) /;

class SharedGateway {
    /**
     * @param {{command: Function, environment: object, log: object, start?: Function, wait?: Function,
     *     now?: Function}} parts `command` returns words or throws; `start`, `wait` and `now` stand in for processes
     *     and time
     */
    constructor({ command, environment, log, start = spawn, wait = later, now = Date.now }) {
        Object.assign(this, { command, environment, log, start, wait, now });
        this.holders = 0;
        this.watchers = new Set();
        this.leaving = new Set();
        this.process = null;
        this.pause = FIRST_PAUSE;
        this.onExit = () => this.process && this.process.kill("SIGTERM");
    }

    /** Starts it for the first holder. */
    acquire() {
        this.holders += 1;
        if (this.holders === 1) {
            this.pause = FIRST_PAUSE;
            process.once("exit", this.onExit);
            this._begin();
        }
    }

    /**
     * Asks it to stop after the last holder, and comes back when it has ended, or after two seconds: it finishes a
     * write in flight by itself.
     */
    async release() {
        this.holders -= 1;
        if (this.holders > 0) {
            return;
        }
        process.removeListener("exit", this.onExit);
        if (this.again) {
            this.again.cancel();
            this.again = null;
        }
        const ending = this.process;
        if (ending) {
            this.process = null;
            this.leaving.add(ending);
            ending.kill("SIGTERM");
            await this._leftOrLate(this.ended);
        }
    }

    _leftOrLate(ended) {
        return new Promise((resolve) => {
            const pause = this.wait(LEAVING, resolve);
            ended.then(() => {
                pause.cancel();
                resolve();
            });
        });
    }

    /**
     * Returns where it listens and the key of this run; waits while it starts.
     *
     * @returns {Promise<{url: string, key: string}>}
     * @throws {ImCloudError} when the last start failed
     */
    address() {
        return this.announced;
    }

    /** Tells whenever it has come up (true) or gone away unasked (false). */
    watch(watcher) {
        this.watchers.add(watcher);
        return () => this.watchers.delete(watcher);
    }

    _begin() {
        const attempt = deferred();
        this.announced = attempt.promise;
        this.announced.catch(() => {});
        this._attempt(attempt);
    }

    _attempt(attempt) {
        let program = "";
        let child;
        try {
            const [first, ...words] = this.command();
            program = first;
            // Its standard input ends with this process, however that ends.
            child = this.start(program, [...words, "serve", "--port", "0", "--json", "--until-stdin-closes"], {
                env: this.environment,
                stdio: ["pipe", "pipe", "pipe"],
                windowsHide: true,
            });
        } catch (error) {
            // Settings are read when Node-RED starts: trying again would change nothing.
            attempt.reject(error instanceof ImCloudError ? error : notStarted(program, error));
            return;
        }
        const began = this.now();
        const told = [];
        let up = false;
        this.process = child;
        const ended = deferred();
        this.ended = ended.promise;
        const patience = this.wait(START_TIME, () => child.kill("SIGTERM"));
        lines(child.stdout, (line) => {
            if (up) {
                return;
            }
            const announcement = announced(line);
            if (announcement) {
                up = true;
                patience.cancel();
                attempt.resolve(announcement);
                this.watchers.forEach((watcher) => watcher(true));
            }
        });
        lines(child.stderr, (line) => {
            if (!WELL.test(line)) {
                told.push(line);
                told.splice(0, told.length - KEPT_LINES);
            }
            this.log.debug(`[im-cloud] ${line}`);
        });
        let over = false;
        const end = (failure) => {
            if (over) {
                return;
            }
            over = true;
            patience.cancel();
            ended.resolve();
            if (this.leaving.delete(child)) {
                // Another may have been started since for a new holder; this one's end is no news.
                attempt.reject(failure);
                return;
            }
            this.process = null;
            this._afterEnd(attempt, up, failure, this.now() - began);
        };
        child.on("error", (error) => end(notStarted(program, error)));
        child.on("close", (status, signal) => end(endedEarly(program, status, signal, told)));
    }

    _afterEnd(attempt, up, failure, lived) {
        attempt.reject(failure);
        if (lived >= HEALTHY_AFTER) {
            this.pause = FIRST_PAUSE;
        }
        this.log.warn(`[im-cloud] ${failure} Starting it again in ${this.pause / 1000} s.`);
        this.watchers.forEach((watcher) => watcher(false));
        if (up) {
            // Calls made from now on wait for the next start; after a start that failed they are told why.
            this.next = deferred();
            this.announced = this.next.promise;
            this.announced.catch(() => {});
        }
        this.again = this.wait(this.pause, () => {
            this.again = null;
            const waiting = this.next;
            this.next = null;
            if (waiting) {
                this._attempt(waiting);
            } else {
                this._begin();
            }
        });
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    }
}

function announced(line) {
    try {
        const { url, key } = JSON.parse(line);
        return typeof url === "string" && typeof key === "string" ? { url, key } : null;
    } catch {
        return null;
    }
}

function lines(stream, take) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (part) => {
        const found = (rest + part).split("\n");
        rest = found.pop();
        found.forEach(take);
    });
    stream.on("end", () => rest && take(rest));
}

function notStarted(program, error) {
    const why = error.code === "ENOENT" ? "was not found" : `could not be started (${error.code || error.message})`;
    return problem("gateway_not_started", `The command ${program} ${why}.`, {
        hint:
            "Install the connector on this machine (its wheel, which make wheel builds in its repository), or set " +
            "IM_CLOUD_COMMAND to its command and start Node-RED again.",
    });
}

function endedEarly(program, status, signal, told) {
    const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
    const last = told.length ? ` It said: ${told[told.length - 1]}` : "";
    return problem("gateway_ended", `The local gateway (${program} serve) ${how}.${last}`, {
        hint: "Node-RED's log has more; im-cloud serve in a terminal shows the same.",
        retry: "yes",
    });
}

function deferred() {
    const made = {};
    made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
    return made;
}

function later(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    return { cancel: () => clearTimeout(timer) };
}

module.exports = { SharedGateway };
