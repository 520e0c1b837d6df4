package import Lab

/// Every scenario, in the order of the documents.
package let allScenarios: [Scenario] =
    Opening.all + OpeningVisible.all + AcceptQueue.all + OpeningSchedules.all + OpeningNonblocking.all
    + SimultaneousOpening.all + SimultaneousOutcomes.all + SelfConnecting.all + OpeningFamilies.all
    + Closing.all + CloseSegments.all + FinWait.all + LastAck.all + ClosingCalls.all + SendQueue.all
    + ResettingByClose.all + Resetting.all
    + HalfClosing.all
    + TimeWaiting.all + TimeWaitShowing.all + TimeWaitBinding.all + TimeWaitReconnecting.all + TimeWaitSegments.all
    + KeepingAlive.all + KeepaliveOptions.all + KeepaliveProbes.all + KeepalivePeers.all
    + Aborting.all + Lingering.all + Orphans.all + ShuttingDown.all + ShutdownCalls.all + HalfOpen.all
    + Losing.all + connectionTrouble
