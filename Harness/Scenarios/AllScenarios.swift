package import Acts
internal import Vocabulary

/// Every scenario, in the order of the documents.
package let allScenarios: [Scenario] =
    Opening.all + OpeningVisible.all + AcceptQueue.all + OpeningSchedules.all + OpeningNonblocking.all
    + SimultaneousOpening.all + SimultaneousOutcomes.all + SelfConnecting.all + OpeningFamilies.all
    + Closing.all + CloseSegments.all + FinWait.all + LastAck.all + ClosingCalls.all + SendQueue.all
    + ResettingByClose.all + Resetting.all
    + HalfClosing.all
    + TimeWaiting.all
    + KeepingAlive.all + KeepaliveOptions.all + KeepaliveProbes.all + KeepalivePeers.all
    + Aborting.all + Lingering.all + Orphans.all + ShuttingDown.all + ShutdownCalls.all + HalfOpen.all
    + Losing.all + beyondTheDocuments

/// What goes beyond the documents, and peeking: scenarios of half-open, forged and aborted connections.
private let beyondTheDocuments: [Scenario] = [
    SimultaneousTrouble.all, ListenerQueues.all, HalfOpening.all, Unreachability.all, SoftError.all, Challenging.all,
    Destroying.all,
    UserTimeout.all, Polling.all, Peeking.all, Signalling.all, Multipath.all, Defaults.all,
].flatMap { $0 }
