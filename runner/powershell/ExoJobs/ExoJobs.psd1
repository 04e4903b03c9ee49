@{
    RootModule        = 'ExoJobs.psm1'
    ModuleVersion     = '1.0.0'
    GUID              = '6f1c3a3e-53f5-4c0e-9a3d-6a1c1f5f7a52'
    Author            = 'exo-jobs'
    Description       = 'Exchange Online sessions by token files that a sidecar renews.'
    PowerShellVersion = '7.2'
    FunctionsToExport = '*'
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
