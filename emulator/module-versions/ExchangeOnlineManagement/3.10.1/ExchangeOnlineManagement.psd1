@{
    RootModule           = 'ExchangeOnlineManagement.psm1'
    ModuleVersion        = '3.10.1'
    GUID                 = '5a3c0f8e-6c58-4d0f-9d5b-1f6f7f3f5d21'
    Author               = 'The exo-jobs authors'
    CompanyName          = 'exo-jobs'
    Copyright            = 'The exo-jobs authors. MIT licence.'
    Description          = @'
An emulation by exo-jobs, not a product of Microsoft: it takes the parameters of the module whose name and
version it bears, and speaks to the Exchange that exo-emulator plays. For tests and demos; never connect it
to a real tenant.
'@
    # As low as Microsoft's: what a version really needs shows only while it loads.
    PowerShellVersion    = '3.0'
    FunctionsToExport    = @(
        'Connect-ExchangeOnline'
        'Connect-IPPSSession'
        'Disconnect-ExchangeOnline'
        'Get-ConnectionInformation'
        'Get-EXOCasMailbox'
        'Get-EXOMailbox'
        'Get-EXOMailboxFolderPermission'
        'Get-EXOMailboxFolderStatistics'
        'Get-EXOMailboxPermission'
        'Get-EXOMailboxStatistics'
        'Get-EXOMobileDeviceStatistics'
        'Get-EXORecipient'
        'Get-EXORecipientPermission'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
