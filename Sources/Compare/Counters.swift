/// Counters that follow from what two runs need not agree on.
///
/// All others are compared exactly. These are left out only where a run has that from which they follow.
enum Counters {
    /// They count segments, which are compared themselves: where a stream is cut anywhere, or something is sent again.
    static let ofSegments: Set<String> = [
        "InSegs", "OutSegs", "TCPPureAcks", "DelayedACKs", "DelayedACKLocked", "TCPDelivered", "TCPOrigDataSent",
        "TCPRcvCoalesce", "TCPRcvCollapsed", "TCPBacklogCoalesce", "TCPAutoCorking", "TCPAckCompressed",
        "TCPWantZeroWindowAdv", "TCPToZeroWindowAdv", "TCPFromZeroWindowAdv", "TCPHystartTrainDetect",
        "TCPHystartTrainCwnd", "TCPHystartDelayDetect", "TCPHystartDelayCwnd",
    ]

    /// They go on for as long as the laboratory stands.
    static let ofAftermath: Set<String> = ["TCPKeepAlive"]

    /// They tell whether a process came before a timer of 40 ms or held its socket when a segment came.
    static let ofTiming: Set<String> = [
        "DelayedACKs", "DelayedACKLocked", "TCPBacklogCoalesce", "TCPAutoCorking", "TCPAckCompressed",
        "TCPRcvCoalesce",
    ]

    /// They tell which of two paths through the stack a segment took, both of which come to the same.
    static let ofPath: Set<String> = ["TCPHPHits", "TCPHPAcks"]

    /// They follow from retransmissions.
    static let ofRetransmission: Set<String> = [
        "RetransSegs", "TCPTimeouts", "TCPSynRetrans", "TCPLostRetransmit", "TCPRetransFail", "TCPSlowStartRetrans",
        "TCPFastRetrans", "TcpTimeoutRehash", "TcpDuplicateDataRehash", "TCPSpuriousRtxHostQueues", "TCPSpuriousRTOs",
        "TCPSACKReorder", "TCPTSReorder", "TCPFullUndo", "TCPPartialUndo", "TCPDSACKUndo", "TCPLossUndo",
        "TCPLossProbes", "TCPLossProbeRecovery", "TCPDSACKOldSent", "TCPDSACKOfoSent", "TCPDSACKRecv",
        "TCPDSACKOfoRecv", "TCPDSACKIgnoredOld", "TCPDSACKIgnoredNoUndo", "TCPDSACKIgnoredDubious",
        "TCPDSACKRecvSegs", "DelayedACKLost", "TCPSYNChallenge", "TCPChallengeACK", "TCPACKSkippedSynRecv",
        "TCPACKSkippedSeq", "TCPACKSkippedChallenge", "TCPACKSkippedTimeWait", "TCPACKSkippedFinWait2",
        "TCPReqQFullDrop", "PAWSEstab", "TCPWinProbe", "TCPKeepAlive",
    ]

    /// They follow from losses, besides those that follow from retransmissions.
    static let ofLoss: Set<String> = [
        "InErrs", "TCPOFOQueue", "TCPOFOMerge", "TCPSackMerged", "TCPSackShifted", "TCPSackShiftFallback",
        "TCPSackRecovery", "TCPSackRecoveryFail", "TCPSackFailures", "TCPLossFailures", "TCPRenoRecovery",
    ]
}
