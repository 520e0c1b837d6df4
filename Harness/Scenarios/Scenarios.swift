package import Lab

/// Every scenario, in the order of the documents.
package let allScenarios: [Scenario] = []
