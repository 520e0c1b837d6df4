package import Lab

/// Every scenario, in the order of the documents.
package let allScenarios: [Scenario] =
    Opening.all + SimultaneousOpening.all + SelfConnecting.all + Closing.all + Resetting.all + HalfClosing.all
    + TimeWaiting.all + TimeWaitShowing.all + TimeWaitBinding.all + TimeWaitReconnecting.all + TimeWaitSegments.all
    + KeepingAlive.all + KeepaliveOptions.all + KeepaliveProbes.all + KeepalivePeers.all + Losing.all
