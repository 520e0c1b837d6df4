internal import Lab

/// What goes beyond the documents, and peeking: scenarios of half-open, forged and aborted connections.
let connectionTrouble: [Scenario] = [
    SimultaneousTrouble.all, ListenerQueues.all, HalfOpening.all, Unreachability.all, Challenging.all, Destroying.all,
    UserTimeout.all, Polling.all, Peeking.all, Signalling.all, Multipath.all,
].flatMap { $0 }
